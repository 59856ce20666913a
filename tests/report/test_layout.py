"""Reading order, anchors and numbers of the composed page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from shoplib.report.blocks import Chapter
from shoplib.report.layout import OWN_ANCHORS, Anchors, PageFacts, alone, compose


@given(st.lists(st.text(max_size=12)))
def test_anchors_are_plain_and_never_the_same_twice(texts: list[str]) -> None:
    anchors = Anchors(OWN_ANCHORS)
    taken = [anchors.take("x", text) for text in texts]
    assert len(set(taken)) == len(taken)
    assert all(anchor.isascii() and anchor.replace("-", "").isalnum() for anchor in taken)


def test_headlines_lead_when_nothing_else_does(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    said = chapter(
        build.code("x", *[build.shown({"kind": "headline", "text": f"Line {n}", "tone": "plain"}) for n in range(9)])
    )
    assert compose(replace(facts, lead=()), [said]).lead == tuple(f"Line {n}" for n in range(8))
    assert compose(facts, [said]).lead == facts.lead


def test_neighbouring_numbers_are_taken_together(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    page = compose(
        facts, [chapter(build.code("x", build.number("a", "A", "1"), build.number("b", "B", "2")), "words", "more")]
    )
    assert [(kind, len(items)) for kind, items in page.runs(page.findings[0])] == [
        ("number", 2),
        ("code", 1),
        ("prose", 1),
        ("prose", 1),
    ]


def test_cards_come_from_findings_only(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    both = [chapter(build.code("x", build.number("a", "A", "1", card=card)), part=part) for card, part in
            ((True, "findings"), (False, "findings"), (True, "method"))]  # fmt: skip
    assert len(compose(facts, both).cards) == 1


def test_cards_of_the_chapter_that_leads_are_not_shown_again_below_them(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    numbers = [build.number("a", "A", "1"), build.number("b", "B", "2", card=False)]
    both = [chapter(build.code("x", *numbers), part="lead"), chapter(build.code("x", build.number("c", "C", "3")))]
    page = compose(facts, both)
    assert [item.anchor for item in page.cards] == ["number-a", "number-c"]
    assert page.raised == {"number-a"}
    shown = [[item.anchor for item in items] for part in page.findings for kind, items in page.runs(part)]
    assert shown == [["number-b"], [""], ["number-c"], [""]]
    whole = alone(page)
    assert [len(items) for _, items in whole.runs(whole.findings[0])] == [2, 1]


def test_each_definition_is_told_once_and_the_given_one_wins(facts: PageFacts, chapters: list[Chapter]) -> None:
    meanings = {entry.label: entry.meaning for entry in compose(facts, chapters).definitions}
    assert meanings == {
        "Takings": "Sum of payments.", "मुंबई की बिक्री": "What customers paid, tax included.",
    }  # fmt: skip


def test_a_page_of_one_chapter_starts_at_the_top(facts: PageFacts, chapters: list[Chapter]) -> None:
    section = alone(compose(facts, [chapters[0]])).sections[0]
    assert section.level == 1
    assert [item.level for item in section.items if item.kind == "heading"] == [2]
    assert [entry.text for entry in section.outline.below] == ["Rows set aside"]


def headline(build: SimpleNamespace, text: str) -> object:
    return build.shown({"kind": "headline", "text": text, "tone": "plain"})


def test_a_sentence_is_told_once_and_what_leads_is_not_said_again_below(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    nothing = headline(build, "Nothing sold.")
    leading = chapter(
        "# Shop", "## At a glance", build.code("a", nothing), "## Days\n\nWords", build.code("b", nothing),
        "## Table", build.code("c", build.table("t", {"N": "number"}, [])), part="lead",
    )  # fmt: skip
    later = chapter("# Next", build.code("d", headline(build, "No forecast."), nothing), stage="06")
    page = compose(replace(facts, lead=()), [leading, later])
    assert page.lead == ("Nothing sold.", "No forecast.")
    assert [[item.kind for item in section.items] for section in page.findings] == [
        ["code", "heading", "table", "code"], ["headline", "code"],
    ]  # fmt: skip


def test_a_chapter_alone_tells_all_it_has(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    said = headline(build, "Nothing sold.")
    section = alone(compose(replace(facts, lead=()), [chapter(build.code("a", said, said), part="method")])).sections[0]
    assert [item.kind for item in section.items] == ["headline", "headline", "code"]
