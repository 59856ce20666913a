"""Notebooks taken apart: nothing shown is lost, what is quiet stays quiet."""

from __future__ import annotations

import base64
from collections.abc import Callable
from types import SimpleNamespace

import nbformat.v4 as v4
import pytest

from shoplib.errors import StoreError
from shoplib.report.blocks import Block, Chapter, Code, Failure, Heading, Markup, Number, Picture, Printed, Prose
from shoplib.report.reading import NO_ALT, read

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def kinds(blocks: tuple[Block, ...]) -> list[type]:
    return [type(block) for block in blocks]


def test_the_first_heading_names_the_chapter(chapter: Callable[..., Chapter]) -> None:
    title, blocks = read(chapter("Words first\n\n# What *sold*?", "## Items"))
    assert title == "What sold?"
    assert kinds(blocks) == [Prose, Heading]


def test_without_a_heading_the_stage_names_it(chapter: Callable[..., Chapter]) -> None:
    assert read(chapter(stage="05_customers")) == ("Customers", ())


def test_code_follows_what_it_shows_and_neighbours_are_joined(
    build: SimpleNamespace, chapter: Callable[..., Chapter]
) -> None:
    _, blocks = read(
        chapter(
            build.code("a = 1"), build.code("b = 2"), build.code("show", build.number("n", "N", "1")), build.code("")
        )
    )
    assert kinds(blocks) == [Code, Number, Code]
    assert blocks[0] == Code("a = 1\n\nb = 2")


@pytest.mark.parametrize("tag", ["parameters", "injected-parameters", "setup", "remove-cell"])
def test_quiet_cells_show_only_code_and_errors(
    build: SimpleNamespace, chapter: Callable[..., Chapter], tag: str
) -> None:
    said = v4.new_output("stream", name="stdout", text="hello")
    broke = v4.new_output("error", ename="E", evalue="x", traceback=[])
    cell = build.code("x", said, broke, tags=(tag,))
    assert kinds(read(chapter(cell))[1]) == [Failure, Code]
    assert kinds(read(chapter(cell, part="method"))[1]) == [Printed, Failure, Code]


def test_words_tagged_with_next_need_something_to_stand_over(
    build: SimpleNamespace, chapter: Callable[..., Chapter]
) -> None:
    words = v4.new_markdown_cell("## Choices", metadata={"tags": ["with-next"]})
    assert kinds(read(chapter("# Title", words, build.code("nothing")))[1]) == [Code]
    assert kinds(read(chapter("# Title", words))[1]) == []
    shows = build.code("something", build.number("n", "N", "1"))
    assert kinds(read(chapter("# Title", words, shows))[1]) == [Heading, Number, Code]
    broke = build.code("x", v4.new_output("error", ename="E", evalue="x", traceback=[]))
    assert kinds(read(chapter("# Title", words, broke))[1]) == [Heading, Failure, Code]


def test_ordinary_outputs_take_their_richest_safe_form(build: SimpleNamespace, chapter: Callable[..., Chapter]) -> None:
    html = v4.new_output("display_data", data={"text/html": "<b>x</b>", "text/plain": "x"})
    empty = v4.new_output("display_data", data={"text/html": "<script>x</script>", "text/plain": "plain"})
    image = v4.new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"})
    told = v4.new_output("display_data", data={"image/png": PIXEL}, metadata={"image/png": {"alt": "A dot"}})
    widget = v4.new_output("display_data", data={"application/javascript": "alert(1)"})
    _, blocks = read(chapter(build.code("", html, empty, image, told, widget)))
    assert blocks == (
        Markup("<b>x</b>"), Printed("plain"), Picture(f"data:image/png;base64,{PIXEL}", NO_ALT),
        Picture(f"data:image/png;base64,{PIXEL}", "A dot"),
    )  # fmt: skip


def test_a_banner_of_the_runner_is_left_to_the_page(chapter: Callable[..., Chapter]) -> None:
    banner = v4.new_markdown_cell("# An exception was encountered")
    banner.metadata["tags"] = ["papermill-error-cell-tag"]
    assert read(chapter(banner, "# Real")) == ("Real", ())


def test_attachments_and_files_of_the_run_are_embedded(chapter: Callable[..., Chapter]) -> None:
    cell = v4.new_markdown_cell("![dot](attachment:a.png) ![map](figures/b.png) ![far](../c.png)")
    cell["attachments"] = {"a.png": {"image/png": PIXEL}}
    made = chapter(cell)
    (made.folder / "figures").mkdir(parents=True)
    for name in ("figures/b.png", "../c.png"):
        (made.folder / name).write_bytes(base64.b64decode(PIXEL))
    _, (prose,) = read(made)
    assert isinstance(prose, Prose)
    assert [name for name, _ in prose.pictures] == ["a.png", "figures/b.png"]


def test_an_unknown_output_is_refused_in_full(build: SimpleNamespace, chapter: Callable[..., Chapter]) -> None:
    with pytest.raises(StoreError) as raised:
        read(chapter(build.code("x", build.shown({"kind": "map"}))))
    assert str(raised.value) == (
        "A notebook holds an output this page cannot show\n"
        "  where   04_eda\n"
        "  found   kind 'map'\n"
        "  wanted  one of headline, number, table, figure, note\n"
        "  next    run the stage again with this version: shoplib run --from 04_eda"
    )
    with pytest.raises(StoreError, match="note without tone"):
        read(chapter(build.code("x", build.shown({"kind": "note", "text": "t"}))))
