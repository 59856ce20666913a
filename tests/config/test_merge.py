"""Which setting wins: the file over what it extends, an override over both."""

import pytest

from shoplib.config.load import parse_override, read_merged
from shoplib.errors import ConfigError


def merged(folder, base: str, top: str) -> dict:
    folder.write("base.yaml", base)
    return read_merged(folder.write("top.yaml", "extends: base.yaml\n" + top)).values


@pytest.mark.parametrize(
    ("base", "top", "result"),
    [
        ("a: 1", "a: 2", {"a": 2}),
        ("a: 1", "b: 2", {"a": 1, "b": 2}),
        ("a: {x: 1, y: 1}", "a: {y: 2, z: 2}", {"a": {"x": 1, "y": 2, "z": 2}}),
        ("a: {x: {p: 1, q: 1}}", "a: {x: {q: 2}}", {"a": {"x": {"p": 1, "q": 2}}}),
        ("a: [1, 2, 3]", "a: [9]", {"a": [9]}),
        ("a: [{x: 1}]", "a: [{y: 2}]", {"a": [{"y": 2}]}),
        ("a: {x: 1}", "a: 5", {"a": 5}),
        ("a: 5", "a: {x: 1}", {"a": {"x": 1}}),
        ("a: {x: 1}", "a:", {"a": None}),
        ("a: {x: 1}", "", {"a": {"x": 1}}),
        ("", "a: 1", {"a": 1}),
    ],
)
def test_file_over_what_it_extends(folder, base, top, result):
    assert merged(folder, base, top) == result


def test_extends_reaches_through_several_folders(folder):
    folder.write("a.yaml", "v: {one: a, two: a, three: a}")
    folder.write("sub/b.yaml", "extends: ../a.yaml\nv: {two: b, three: b}")
    top = folder.write("sub/deep/c.yaml", "extends: ../b.yaml\nv: {three: c}")
    assert read_merged(top).values == {"v": {"one": "a", "two": "b", "three": "c"}}


def test_a_long_chain_is_no_circle(folder):
    folder.write("f0.yaml", "a: 1")
    for i in range(1, 15):
        folder.write(f"f{i}.yaml", f"extends: f{i - 1}.yaml")
    assert read_merged(folder.path / "f14.yaml").values == {"a": 1}


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("run.workers=3", ("run", "workers"), 3),
        (" a.b =x=y", ("a", "b"), "x=y"),
        ("a=", ("a",), None),
        ("a=[1, {b: 2}]", ("a",), [1, {"b": 2}]),
        ("a=true", ("a",), True),
        ("a=11:30", ("a",), "11:30"),
        ("a=2024-01-31", ("a",), "2024-01-31"),
    ],
)
def test_override_is_a_path_and_a_yaml_value(text, path, value):
    assert parse_override(text) == (path, value)


@pytest.mark.parametrize("text", ["run.workers", "=3", " =3", ""])
def test_override_without_a_key_or_a_mark(text):
    with pytest.raises(ConfigError) as caught:
        parse_override(text)
    assert str(caught.value) == (
        f"An override is not key=value\n  where   --set {text}\n  wanted  --set simulate.transactions=5000"
    )


def test_override_whose_value_is_not_yaml():
    with pytest.raises(ConfigError) as caught:
        parse_override("a=[1")
    assert str(caught.value).startswith("An override's value is not YAML\n  where   --set a=[1\n  found   ")


def test_override_over_file_over_base(folder):
    folder.write("base.yaml", "run: {workers: 1, keep_runs: 1, cell_timeout_s: 1}\n")
    folder.more("extends: base.yaml\nrun: {workers: 2, keep_runs: 2}\n")
    run = folder.load("run.workers=3").run
    assert (run.workers, run.keep_runs, run.cell_timeout_s, run.memory_limit_mb) == (3, 2, 1, None)


def test_the_last_override_wins(folder):
    assert folder.load("run.workers=3", "run.workers=4").run.workers == 4
    assert folder.load("run.workers=3", "run={keep_runs: 1}").run.workers == 2


def test_override_of_a_list_item_leaves_its_neighbours(folder):
    folder.more("    - {kind: csv, name: two, path: two.csv, mapping: m.yaml}\n")
    sources = folder.load("ingest.sources.1.path=other.csv").ingest.sources
    assert [(source.name, source.path) for source in sources] == [("till", "till.csv"), ("two", "other.csv")]


def test_override_of_a_whole_list(folder):
    folder.write("n.yaml", (folder.path / "m.yaml").read_text())
    scenario = folder.load("ingest.sources=[{kind: csv, name: x, path: y, mapping: n.yaml}]")
    assert [source.name for source in scenario.ingest.sources] == ["x"]
    assert list(scenario.mappings) == ["n.yaml"]


@pytest.mark.parametrize("item", ["1", "-1", "first"])
def test_override_of_a_list_item_that_is_not_there(folder, item):
    assert folder.refusal(f"ingest.sources.{item}.path=x") == (
        "An override names a list item that is not there\n"
        f"  where   --set ingest.sources.{item}.path\n"
        "  found   ingest.sources has 1 item\n"
        "  wanted  the number of an item; the first is 0"
    )


def test_mapping_is_read_from_beside_the_file_that_names_it(folder):
    folder.write("tiny/t.yaml", "extends: ../corner.yaml\nname: tiny\n")
    scenario = folder.load(name="tiny/t.yaml")
    assert scenario.name == "tiny"
    assert scenario.mappings["m.yaml"].fields["product_id"].columns == ("What",)


def test_a_scenario_without_a_name_takes_its_file_name(folder):
    text = (folder.path / "corner.yaml").read_text().replace("name: corner\n", "")
    folder.write("till_two.yaml", text)
    assert folder.load(name="till_two.yaml").name == "till_two"
    assert folder.load().mappings["m.yaml"].name == "m"
