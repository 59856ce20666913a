"""A sentence is told once: what was said before, and parts that then have nothing to show, are left out."""

from __future__ import annotations

from collections.abc import Sequence

from shoplib.report.blocks import Block, Code, Figure, Heading, Headline, Note, Prose


def once(blocks: Sequence[Block], told: set[str]) -> tuple[Block, ...]:
    """Return blocks without sentences among ``told``, to which those of the blocks are added.

    A drawing that holds a sentence alone is one too, and is set as a remark. Where a part under a heading has lost a
    sentence and shows nothing else, its heading and words go as well; its code stays.
    """
    parts = _parts(blocks)
    kept: list[Block] = []
    for (heading, body), following in zip(parts, [*(head for head, _ in parts[1:]), None], strict=True):
        fresh = [_plain(block) for block in body if _fresh(block, told)]
        bare = len(fresh) < len(body) and all(isinstance(block, Prose | Code) for block in fresh)
        opens = heading is not None and following is not None and following.level > heading.level
        if heading is not None and not (bare and not opens):
            kept.append(heading)
        for block in fresh:
            if isinstance(block, Code) and kept and isinstance(kept[-1], Code):
                kept[-1] = Code(f"{kept[-1].source}\n\n{block.source}")
            elif not (bare and heading is not None and isinstance(block, Prose)):
                kept.append(block)
    return tuple(kept)


def _parts(blocks: Sequence[Block]) -> list[tuple[Heading | None, list[Block]]]:
    """Return each heading with the blocks up to the next; the first has none."""
    parts: list[tuple[Heading | None, list[Block]]] = [(None, [])]
    for block in blocks:
        if isinstance(block, Heading):
            parts.append((block, []))
        else:
            parts[-1][1].append(block)
    return parts


def _fresh(block: Block, told: set[str]) -> bool:
    sentence = _sentence(block)
    if not sentence:
        return True
    fresh = sentence not in told
    told.add(sentence)
    return fresh


def _sentence(block: Block) -> str:
    """Return the sentence that is all a block says, ``""`` if it says more."""
    if isinstance(block, Headline):
        return block.text
    return block.title if isinstance(block, Figure) and block.title == block.caption == block.alt else ""


def _plain(block: Block) -> Block:
    """Return a drawing of a sentence as a remark, anything else as it is."""
    return Note(block.title, "plain") if isinstance(block, Figure) and _sentence(block) else block
