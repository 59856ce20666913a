"""A notebook opened by a person: the stages before it are made, and it gets a folder of its own to work in."""

from __future__ import annotations

import shutil
from pathlib import Path

from shoplib.errors import StageFailed
from shoplib.pipeline import keys, runner
from shoplib.pipeline.job import prepare as prepare_job
from shoplib.pipeline.job import project_root
from shoplib.pipeline.task import ORDER, for_notebook
from shoplib.store import files


def prepare(stage: str, scenario: str, overrides: str) -> str:
    """Return the folder a notebook opened by hand works in, with every input it declared made and in place.

    Raises ``StageFailed`` naming the stage that could not be made.
    """
    root = project_root(Path.cwd())
    texts = tuple(text.strip() for text in overrides.split(";") if text.strip())
    job = prepare_job(root / scenario, texts, root=root)
    wanted = job.graph.stage(stage)
    before = job.graph.before([wanted.name]) - {wanted.name}
    earlier = [s for s in job.graph.stages if s.name in before]
    if any(not job.is_true(s) for s in earlier):
        outcome = runner.run(job, earlier)
        bad = [ended for ended in outcome.stages if not ended.ok]
        if bad:
            raise StageFailed(
                f"{bad[0].stage} {bad[0].status}, and {stage} needs it",
                next_step=f"run  python run_all.py {scenario}  and mend what it reports",
            )
    place = job.home / ".byhand" / wanted.name
    shutil.rmtree(place, ignore_errors=True)
    order = runner.order(job, wanted, force=False, session="by hand", journal=job.home / "journal.jsonl")
    key = keys.key_of(job.parts(wanted) or job.fixed(wanted))
    files.write_json(place / ORDER, for_notebook(order, job.results, key))
    return str(place)
