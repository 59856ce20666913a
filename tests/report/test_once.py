"""A sentence stands on the page once, and a part that has nothing else to show goes with it."""

from __future__ import annotations

from shoplib.report.blocks import Block, Code, Figure, Heading, Headline, Note, Prose
from shoplib.report.once import once

NOTHING = "No transactions were taken."


def heading(text: str, level: int = 2) -> Heading:
    return Heading(level, (), text)


def said(text: str = NOTHING) -> Headline:
    return Headline(text, "plain")


def message(text: str = NOTHING) -> Figure:
    return Figure("f", text, text, text, "figures/f.svg", "", "")


def test_a_sentence_is_told_once_over_all_chapters() -> None:
    told: set[str] = set()
    assert once([said(), said("Up 6%.")], told) == (said(), said("Up 6%."))
    assert once([said(), said("Down.")], told) == (said("Down."),)


def test_a_drawing_that_only_repeats_a_sentence_goes() -> None:
    chart = Figure("g", NOTHING, "One bar a day.", "Bars", "figures/g.svg", "", "")
    assert once([said(), message(), chart], set()) == (said(), chart)
    assert once([message(), message()], set()) == (Note(NOTHING, "plain"),)


def test_a_part_left_with_words_alone_goes_but_its_code_stays() -> None:
    blocks: list[Block] = [said(), Code("a"), heading("Trend"), Prose(()), said(), Code("b"), heading("Mix"), said("x")]
    assert once(blocks, set()) == (said(), Code("a\n\nb"), heading("Mix"), said("x"))


def test_a_part_that_shows_something_else_stays() -> None:
    blocks = [heading("One"), said(), heading("Two"), Prose(()), said(), Note("Two days are missing.", "plain")]
    assert once(blocks, set()) == (*blocks[:4], blocks[5])


def test_a_part_without_a_sentence_stays_as_it_is() -> None:
    blocks = [heading("Why"), Prose(()), Code("a"), heading("How"), Prose(())]
    assert once(blocks, {NOTHING}) == tuple(blocks)


def test_a_heading_above_others_stays() -> None:
    blocks = [heading("All"), said(), heading("Part", 3), Note("n", "plain")]
    assert once(blocks, {NOTHING}) == (blocks[0], *blocks[2:])
