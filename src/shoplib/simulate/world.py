"""What every simulated world is: tables as the shop's own systems would export them, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

SHARES = ("what", "value", "asked", "made")


@dataclass(frozen=True)
class World:
    """A world in memory.

    Frames have the columns of the files they go to, in their order, except that amounts are whole minor units
    (``*_minor``) of ``currency``; an unknown amount is missing (pandas ``Int64``). ``truth`` holds what only the
    maker of a world can know, and is written apart.
    """

    currency: str
    tables: Mapping[str, pd.DataFrame]
    files: Mapping[str, str]
    """File name, ``.csv`` or ``.parquet`` → the table it holds, in the order of writing."""
    truth: Mapping[str, pd.DataFrame]
    sales: int
    """Transactions made, whatever became of them."""
    takings_minor: int
    """Total of the completed ones, tax included, tips not."""
    shares: pd.DataFrame
    """What was asked for beside what was made: columns what, value, asked, made; shares of one."""
    texts: Mapping[str, bytes] = field(default_factory=dict)
    """File name, folders allowed → bytes written as they are, for files that no table could become."""


@dataclass(frozen=True)
class Stream:
    """A world that comes in parts, for those too large to hold."""

    currency: str
    sales: int
    """Transactions to come."""
    parts: Iterator[Mapping[str, pd.DataFrame]]
    """The next rows of the tables that grow, each part with the same tables."""
    files: Mapping[str, str]
    """As in a world."""
    rest: Callable[[], World]
    """Gives the world without the rows of those tables, once all parts are taken."""


def whole(world: World) -> Stream:
    """Return a world that is in memory already as a stream without parts."""
    return Stream(world.currency, world.sales, iter(()), world.files, lambda: world)


def shares_made(what: str, made: pd.Series, asked: Mapping[str, float]) -> pd.DataFrame:
    """Return one row for each asked share of a column of words, beside its share among the rows made.

    Without rows every made share is missing.

    >>> shares_made("size", pd.Series(["S", "M", "M", "M"]), {"S": 0.3, "M": 0.7})["made"].tolist()
    [0.25, 0.75]
    """
    found = made.value_counts()
    return shares_counted(what, dict(zip(found.index.astype(str), found.tolist(), strict=True)), asked)


def shares_counted(what: str, made: Mapping[str, int], asked: Mapping[str, float]) -> pd.DataFrame:
    """Return one row for each asked share beside the share made, from the number of rows of each word.

    Without rows every made share is missing.
    """
    total = sum(made.values())
    rows = [(what, word, share, made.get(word, 0) / total if total else float("nan")) for word, share in asked.items()]
    return pd.DataFrame(rows, columns=list(SHARES))
