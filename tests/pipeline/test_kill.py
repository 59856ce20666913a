"""Killed, interrupted, out of disk: the next run is right and repeats nothing that was finished."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shoplib.pipeline import runner

DRIVER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import conftest
from shoplib.pipeline import chain
job = conftest.job(Path(sys.argv[1]))
sys.exit(chain.execute(job, job.graph.stages, chain.Options(quiet=True), "the same command", print))
"""
KILLS = int(os.environ.get("SHOPLIB_KILLS", "3"))


def start(root, **more):
    here = str(Path(__file__).parent)
    return subprocess.Popen([sys.executable, "-c", DRIVER, str(root), here], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, **more)  # fmt: skip


def events(root, kind):
    path = root / "outputs" / "s" / "journal.jsonl"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [event["stage"] for event in map(json.loads, lines) if event["event"] == kind]


def sealed(root):
    return {p.parent.name for p in (root / "outputs" / "s" / ".stages").glob("*/current")}


def tables(root):
    return {p.name: p.read_bytes() for p in (root / "outputs" / "s" / "latest" / "tables").glob("*.parquet")}


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_any_moment_the_next_run_completes_and_repeats_no_finished_stage(small, fresh, made_once, seed):
    process = start(fresh)
    time.sleep(random.Random(seed).uniform(0.3, 11))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = sealed(fresh)
    process = start(fresh)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    repeated = [stage for stage in events(fresh, "ran") if events(fresh, "ran").count(stage) > 1]
    assert not repeated
    job = small.job(fresh)
    assert all(job.is_true(stage) for stage in job.graph.stages)
    assert before <= sealed(fresh)
    leftovers = [*(fresh / "outputs").rglob("*.part"), *(fresh / "outputs").rglob(".working")]
    assert not leftovers


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_its_kernels_says_how_to_go_on_and_goes_on(small, finished, number):
    small.write_notebook(finished / "notebooks", "b", "import time\ntime.sleep(100)")
    process = start(finished)
    while "b" not in events(finished, "started")[-1:]:
        assert process.poll() is None
        time.sleep(0.1)
    time.sleep(2.5)
    began = time.monotonic()
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    assert time.monotonic() - began < 20
    assert process.returncode == 130
    assert said.rstrip().endswith("to continue: the same command")
    assert "b stopped" in said
    small.write_notebook(finished / "notebooks", "b", small.BODY["b"])
    job = small.job(finished)
    assert runner.run(job, job.graph.stages, quiet=True).ok


@pytest.mark.parametrize("after_s", [0.6, 1.4, 2.5])
def test_an_early_interruption_is_told_as_one(fresh, after_s):
    process = start(fresh)
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    if "stages" in said.split("Traceback")[0] or "chain.py" in said:  # else Python had not come as far as our code
        assert process.returncode == 130, said
        assert said.rstrip().endswith("to continue: the same command")
        assert "Traceback" not in said
