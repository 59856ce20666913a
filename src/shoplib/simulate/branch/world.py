"""A clothes chain whose branches send one file a day, which does not always go well: the whole world in memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.config.worlds import BranchWorld
from shoplib.errors import ConfigError
from shoplib.simulate import calendar
from shoplib.simulate.branch import catalogue, colours, demand, inbox, post, sales, truth
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.world import SHARES, World, shares_counted

FILES = {"products.csv": "products", "product_prices.csv": "product_prices", "arrivals.csv": "arrivals"}


def world(settings: BranchWorld, shop: Shop, seed: int) -> World:
    """Return branches that sell exactly ``settings.transactions`` receipts and send their files.

    Receipts have one to four lines, ``total = quantity × price`` to the minor unit, between opening and closing.
    ``texts`` holds the inbox, one file for each branch and day with a receipt that arrived by the last day, and
    second versions of some. Asked shares of colours are met on average over branches and months; they are drawn.
    Raises ``ConfigError`` if branches open before the shop's business day begins.
    """
    if settings.opens < shop.day_start:
        raise ConfigError(
            "The branches open before the business day begins", where="simulate.opens",
            found=f"{settings.opens:%H:%M}", wanted=f"{shop.day_start:%H:%M} (shop.day_start) or later",
            next_step="open later, or begin the business day earlier",
        )  # fmt: skip
    branches, asked = settings.branches, dict(settings.colours)
    when = calendar.days(settings.start, settings.end)
    menu = catalogue.catalogue(settings.assortment, len(branches), when, shop.currency, seed)
    wanted = demand.demand(settings.transactions, len(branches), menu, when, seed)
    tastes = colours.planted(asked, _by_month(wanted.level, when), seed)
    sizes = np.array(list(settings.sizes.values()))
    sold = sales.receipts(wanted.counts, settings.opens, settings.closes, seed)
    lines = sales.lines(sold, menu, when, tastes, sizes, settings.dispersion, seed)

    accented = np.array([not name.isascii() for name in menu.names])
    sent = post.post(settings, len(when), sold, lines, accented, seed)
    names = inbox.names(sent, branches, when)
    cells = inbox.cells(branches, tuple(asked), tuple(settings.sizes), menu, when, sold, lines, shop.currency)
    found = inbox.inbox(sent, cells, lines, names, seed)
    return World(
        currency=shop.currency,
        tables={
            "products": catalogue.products(menu),
            "product_prices": catalogue.price_list(menu, when),
            "arrivals": truth.arrivals(branches, when, sent, found),
        },
        files=FILES,
        truth={
            "receipts": truth.receipts(branches, when, sold, lines),
            "file_faults": truth.file_faults(branches, when, sent, found),
            "late_files": truth.late_files(branches, when, sent, names),
            "late_rows": truth.late_rows(branches, when, sent, names, sold, lines),
            "repeated_files": truth.repeated_files(branches, when, sent, names, found),
            "not_loaded": truth.not_loaded(branches, when, sent, names, sold, lines, found),
            "favourite_colours": _favourites(settings, when, tastes, sold, lines),
            "price_changes": catalogue.changes(menu, when),
            "slow_sellers": truth.slow_sellers(menu, lines),
            "pairs": truth.pairs(menu),
            "anomalies": demand.told(wanted, branches, when, wanted.factor != 1),
            "demand": demand.told(wanted, branches, when),
        },
        sales=len(sold.branch),
        takings_minor=int(lines.total.sum()),
        shares=_shares(settings, sent, lines),
        texts={f"{inbox.FOLDER}/{one.name}": one.content for one in found.sent},
    )


def _by_month(level: Floats, when: Days) -> Floats:
    months = sales.month_of(when)
    return np.add.reduceat(level, np.flatnonzero(np.diff(months, prepend=-1)), axis=1)


def _favourites(
    settings: BranchWorld, when: Days, tastes: Floats, sold: sales.Receipts, lines: sales.Lines
) -> pd.DataFrame:
    month = sales.month_of(when)[sold.day[lines.receipt]]
    at = np.ravel_multi_index((sold.branch[lines.receipt], month, lines.colour), tastes.shape)
    units: Ints = np.bincount(at, weights=lines.quantity, minlength=tastes.size).astype(np.int64)
    months = np.unique(when.dates.astype("datetime64[M]"))
    return colours.favourites(tastes, dict(settings.colours), settings.branches, months, units.reshape(tastes.shape))


def _shares(settings: BranchWorld, sent: post.Post, lines: sales.Lines) -> pd.DataFrame:
    """Return asked shares beside made ones: colours and sizes of lines, late, repeated and garbled files."""
    files = len(sent)
    made = np.array(
        [
            np.count_nonzero(sent.days_late),
            sum(again in post.KINDS for again in sent.again),
            sum(fault != "" for fault in sent.fault),
        ]
    )
    asked = [settings.late_share, settings.twice_share, settings.garbled_share]
    of_files = {
        "what": "file",
        "value": ["late", "twice", "garbled"],
        "asked": asked,
        "made": made / (files or np.nan),
    }
    parts = [
        shares_counted("colour", _counted(lines.colour, settings.colours), settings.colours),
        shares_counted("size", _counted(lines.size, settings.sizes), settings.sizes),
        pd.DataFrame(of_files, columns=list(SHARES)),
    ]
    return pd.concat(parts, ignore_index=True)


def _counted(at: Ints, words: Mapping[str, float]) -> dict[str, int]:
    return dict(zip(words, np.bincount(at, minlength=len(words)).tolist(), strict=True))
