"""A settings file is read as a person sees it, or refused with the line at fault."""

import pytest

from shoplib.config.document import read_document, value_of
from shoplib.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:30", "10:30"), ("04:00", "04:00"), ("2024-01-01", "2024-01-01"), ("2024-02-30", "2024-02-30"),
        ("007", "007"), ("0", 0), ("-12", -12), ("+3", 3), ("1_000", 1000), ("0x1F", "0x1F"), ("0o17", "0o17"),
        ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.5e-3", 0.0015), ("1.2.3", "1.2.3"), ("5%", "5%"),
        ("true", True), ("False", False), ("yes", "yes"), ("No", "No"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("null", None), ("~", None), ("", None), ('"12"', "12"), ("=", "="), ("1e", "1e"), ("-", [None]),
    ],
)  # fmt: skip
def test_values_are_what_they_look_like(text, value):
    found = value_of(text)
    assert (type(found), found) == (type(value), value)


def test_every_key_and_item_has_its_line(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("\ufeff# a remark\na:\n  b: 1\n\n  c:\n    - x\n    - {d: 1}\n1: yes\n", encoding="utf-8")
    document = read_document(file)
    assert document.values == {"a": {"b": 1, "c": ["x", {"d": 1}]}, "1": "yes"}
    assert {".".join(map(str, path)): line for path, (_, line) in document.lines.items()} == {
        "a": 2, "a.b": 3, "a.c": 5, "a.c.0": 6, "a.c.1": 7, "a.c.1.d": 7, "1": 8,
    }  # fmt: skip
    assert document.line_of(("a", "b", "deeper")) == "line 3"
    assert document.line_of(("z",)) == "a.yaml"


def test_anchors_and_merge_keys_work(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: &a {x: 1, y: 1}\nb:\n  <<: *a\n  y: 2\n")
    assert read_document(file).values["b"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: the key 'a' is written twice"),
        ("a:\n  b: 1\n  b: 2\n", "line 3: the key 'b' is written twice"),
        ('1: 1\n"1": 2\n', "line 2: the key '1' is written twice"),
        ("a:\n\tb: 1\n", "line 2: found character '\\t' that cannot start any token while scanning for the next token"),
        ("a: {{name}}\n", "line 1: a key is a map or a list; put a text with { or [ in quotes"),
        ("a: [1\n", "line 2: expected ',' or ']', but got '<stream end>' while parsing a flow sequence"),
        ("a: &a [*a]\n", "line 1: settings are nested too deep, or hold themselves"),
        ("a: &a [*a, *a]\n", "line 1: settings are nested too deep, or hold themselves"),
        ("a: 1\n---\nb: 1\n", "line 2: but found another document expected a single document in the stream"),
        ("a: !!int x\n", "invalid literal for int() with base 10: 'x'"),
        ("a: !!python/name:os.system\n", "line 1: could not determine a constructor for the tag "
         "'tag:yaml.org,2002:python/name:os.system'"),
    ],
)  # fmt: skip
def test_not_yaml(tmp_path, text, found):
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_document(file)
    assert str(caught.value) == (
        f"A settings file is not YAML\n  where   {file}\n  found   {found}\n"
        "  next    mend that line; blanks, not tabs, indent YAML"
    )


@pytest.mark.parametrize(("text", "found"), [("- a\n- b\n", "list"), ("hello\n", "str"), ("5", "int")])
def test_not_a_map(tmp_path, text, found):
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_document(file)
    assert str(caught.value) == (
        f"A settings file is not a map of keys\n  where   {file}\n  found   {found}\n"
        "  wanted  lines such as  name: my_shop"
    )


def test_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "epos.yaml").write_text("")
    with pytest.raises(ConfigError) as caught:
        read_document(tmp_path / "eops.yaml")
    assert str(caught.value) == (
        f'There is no such settings file\n  where   {tmp_path}/eops.yaml\n  found   epos.yaml\n'
        '  next    did you mean "epos.yaml"?'
    )  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        read_document(tmp_path / "nowhere" / "a.yaml")
    assert str(caught.value) == (
        f"There is no such settings file\n  where   {tmp_path}/nowhere/a.yaml\n"
        "  found   no .yaml file in that folder\n  next    give the path of a file in params/"
    )


def test_file_that_cannot_be_read(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes("a: caf\xe9".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        read_document(file)
    assert str(caught.value) == (
        f"A settings file cannot be read\n  where   {file}\n"
        "  found   'utf-8' codec can't decode byte 0xe9 in position 6: unexpected end of data"
    )
    with pytest.raises(ConfigError, match="A settings file cannot be read"):
        read_document(tmp_path)


def test_circle_of_extends(folder):
    folder.write("a.yaml", "extends: sub/b.yaml\n")
    folder.write("sub/b.yaml", "extends: ../a.yaml\n")
    assert folder.refusal(name="a.yaml") == (
        "Settings files extend one another in a circle\n"
        "  where   <here>/sub/b.yaml\n"
        "  found   a.yaml → b.yaml → a.yaml\n"
        "  next    take one of these extends lines away"
    )
