"""Names with stars: which files they mean, and in which order."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shoplib.store.patterns import is_pattern, matching


def test_only_stars_are_special_and_only_files_count(tmp_path: Path) -> None:
    for name in ("b_2.csv", "a[1].csv", "a1.csv", ".hidden.csv", "a.CSV", "b_10.csv", "b.csv.part"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.csv").mkdir()
    found = {p: [path.name for path in matching(tmp_path / p)] for p in ("*.csv", "b_*.csv", "a[1].*", ".*.csv", "z*")}
    assert found == {
        "*.csv": ["a1.csv", "a[1].csv", "b_10.csv", "b_2.csv"], "b_*.csv": ["b_10.csv", "b_2.csv"],
        "a[1].*": ["a[1].csv"], ".*.csv": [".hidden.csv"], "z*": [],
    }  # fmt: skip
    assert matching(tmp_path / "nowhere" / "*.csv") == []
    assert [is_pattern(name) for name in ("*.csv", "a?.csv")] == [True, False]


@given(
    names=st.sets(st.text("ab.*", min_size=1, max_size=4).filter(lambda n: set(n) - {"."} and n[0] != ".")),
    pattern=st.text("ab.*", min_size=1, max_size=4).filter(lambda n: set(n) - {"."} and n[0] != "."),
)
def test_stars_stand_for_any_letters(names: set[str], pattern: str, tmp_path_factory) -> None:
    def fits(name: str, like: str) -> bool:
        if not like:
            return not name
        if like[0] == "*":
            return any(fits(name[at:], like[1:]) for at in range(len(name) + 1))
        return name[:1] == like[0] and fits(name[1:], like[1:])

    folder = tmp_path_factory.mktemp("stars")
    for name in names:
        (folder / name).write_text("")
    assert [path.name for path in matching(folder / pattern)] == sorted(name for name in names if fits(name, pattern))
