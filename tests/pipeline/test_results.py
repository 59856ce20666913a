"""Finished results are whole or absent."""

import pytest

from shoplib.pipeline.results import Results


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / "outputs" / "s")


def seal(results, key="k1", text="x"):
    working = results.staging("a")
    (working / "files" / "raw").mkdir(parents=True)
    (working / "files" / "raw" / "x.txt").write_text(text)
    (working / ".order.json").write_text("this machine's paths")
    results.seal("a", key, working, {"stage": "a", "parts": {"code": "c"}, "outputs": {"raw": {"rows": None}}})


def test_a_sealed_result_is_whole_in_force_and_free_of_hidden_files(results):
    seal(results)
    assert results.current("a") == "k1"
    assert results.whole("a", "k1")
    assert sorted(p.name for p in results.folder("a", "k1").iterdir()) == ["files", "receipt.json"]


def test_equal_outputs_have_equal_digests_under_different_keys(results):
    seal(results, "k1")
    first = results.output("a", "raw")
    seal(results, "k2")
    assert results.output("a", "raw") == first is not None
    seal(results, "k3", text="y")
    assert results.output("a", "raw") != first


@pytest.mark.parametrize("name", ["notebook.ipynb", "numbers.json", "figures/a.svg", "listings/days.json"])
def test_what_a_page_and_a_workbook_are_made_of_is_the_chapter(results, name):
    digests = []
    for text in ("x", "y"):
        working = results.staging("a")
        (working / name).parent.mkdir(exist_ok=True)
        (working / name).write_text(text)
        results.seal("a", text, working, {"stage": "a", "outputs": {}})
        digests.append(results.output("a", "chapter"))
    assert digests[0] != digests[1]


@pytest.mark.parametrize("damage", ["edit", "remove", "add"])
def test_a_result_that_was_touched_is_not_whole(results, damage):
    seal(results)
    path = results.folder("a", "k1") / "files" / "raw" / "x.txt"
    if damage == "edit":
        path.write_text("other")
    elif damage == "remove":
        path.unlink()
    else:
        path.with_name("y.txt").write_text("more")
    assert not results.whole("a", "k1")
    assert results.output("a", "raw") is None


def test_a_damaged_result_is_replaced_when_made_again(results):
    seal(results)
    (results.folder("a", "k1") / "files" / "raw" / "x.txt").write_text("other")
    seal(results)
    assert results.whole("a", "k1")


def test_staging_clears_what_a_killed_run_left(results):
    (results.staging("a") / "half.txt").write_text("half")
    assert list(results.staging("a").iterdir()) == []


def test_pruning_keeps_what_is_in_force_or_asked_for(results):
    for key in ("k1", "k2", "k3"):
        seal(results, key)
    results.prune({"a": {"k2"}})
    assert sorted(p.name for p in results.folder("a", "k3").parent.iterdir()) == ["current", "k2", "k3"]
