"""What a stage shows: numbers, sentences, charts and remarks, each as a block in the notebook."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from shoplib.base import listing, money, words
from shoplib.errors import UndeclaredError
from shoplib.notebook.order import Ordered
from shoplib.viz import behind
from shoplib.viz.export import Chart, save

MIME = "application/vnd.shoplib+json"
NOTABLE_SHARE = 0.005
MONEY = "minor"
Tone = Literal["plain", "good", "bad"]
Spark = Sequence[float | None]
"""A recent past, oldest first; ``None`` where nothing is known."""


class Showing(Ordered):
    """The part of a run that shows; among numbers, figures and tables a name is used once each."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._numbers: dict[str, dict[str, Any]] = {}
        self._ids: set[tuple[str, str]] = set()
        self._said: list[str] = []

    def number(
        self, name: str, value: float | None, *, label: str, unit: str, definition: str, change: str = "",
        tone: Tone = "plain", spark: Spark | None = None, card: bool = False, shown: bool = True,
        before: float | None = None, whole: float | None = None,
    ) -> None:  # fmt: skip
        """Show a number and record it in ``numbers.json``; ``None`` reads "not known".

        ``unit`` is ``minor`` (money in minor units of the shop's currency), ``share`` (of one), or a noun such as
        ``transactions``. No two numbers of a run have one name; ``headline`` refers to it. ``before`` and ``whole`` are
        its values in the period before and in all of it, recorded beside it as ``before`` and ``all``.
        """
        self._unique("number", name)
        value, before, whole = _known(value), _known(before), _known(whole)
        text = self._text(value, unit)
        spark = None if spark is None else [None if pd.isna(point) else float(point) for point in spark]
        shop = self.config.shop
        self._numbers[name] = {
            "value": value, "text": text, "label": label, "definition": definition,
            "before": before, "text_before": self._text(before, unit),
            "all": whole, "text_all": self._text(whole, unit),
            "unit": f"{shop.currency} minor units" if unit == MONEY else unit,
        }  # fmt: skip
        block = {"kind": "number", "name": name, "label": label, "text": text, "value": value, "unit": unit,
                 "definition": definition, "change": change, "tone": tone, "spark": spark, "card": card}  # fmt: skip
        if shown:
            self._show(block, f"{label}: {text}" + (f" ({change})" if change else ""))

    def numbers(
        self,
        measured: pd.DataFrame,
        *,
        cards: tuple[str, ...] = (),
        tiles: tuple[str, ...] | None = None,
        sparks: Mapping[str, Spark] | None = None,
    ) -> None:
        """Show a number for each row of a table of metrics.

        ``measured`` has columns metric, label, unit, value, before, change_share, better (``up``, ``down`` or
        ``neither``) and definition, and may have all, the value of all days. ``cards`` are shown at the head of the
        page, ``sparks`` their recent past. Of the others only ``tiles`` are shown (default: all); the rest is recorded,
        as are numbers that are not known, which one remark names.
        """
        unknown = []
        for row in measured.to_dict("records"):
            name, share = str(row["metric"]), row["change_share"]
            known = share is not None and not pd.isna(share)
            change = words.change(1 + share, 1, self.config.shop.language) if known else ""
            if known and row["unit"] == "share":  # a change of a percentage is told in points
                change = words.points(row["value"] - row["before"], self.config.shop.language)
            tone: Tone = "plain"
            if known and abs(share) >= NOTABLE_SHARE and row["better"] in ("up", "down"):
                tone = "good" if (share > 0) == (row["better"] == "up") else "bad"
            if row["value"] is None or pd.isna(row["value"]):
                unknown.append(str(row["label"]))
            self.number(
                name, row["value"], label=row["label"], unit=row["unit"], definition=row["definition"], change=change,
                tone=tone, spark=(sparks or {}).get(name), card=name in cards and row["value"] is not None,
                shown=str(row["label"]) not in unknown and (tiles is None or name in (*cards, *tiles)),
                before=row["before"], whole=row.get("all"),
            )  # fmt: skip
        if unknown:
            self.note(f"Not known from these files: {words.listed(label.lower() for label in unknown)}.")

    def headline(self, template: str, *, tone: Tone = "plain", announce: bool = False, **more: str) -> None:
        """Show a sentence; ``{name}`` stands for a number of this run or for a text given by keyword.

        No figure is typed by hand: an unknown name is an ``UndeclaredError``. ``announce`` also prints it at the
        end of the command that runs the chain.
        """
        known = {**{name: number["text"] for name, number in self._numbers.items()}, **more}
        try:
            text = template.format_map(known)
        except KeyError as missing:
            name = str(missing.args[0])
            near = words.nearest(name, known)
            raise UndeclaredError(
                f'The sentence uses "{{{name}}}", which is no number of this notebook', where=template,
                found=words.listed(known) or "no numbers yet",
                next_step=f'did you mean "{{{near}}}"?' if near else "call run.number first",
            ) from None  # fmt: skip
        if announce:
            self._said.append(text)
        self._show({"kind": "headline", "text": text, "tone": tone}, text)

    def headlines(self, sentences: Iterable[str], *, announce: bool = False) -> None:
        """Show several finished sentences, each as it is."""
        for sentence in sentences:
            self.headline("{sentence}", sentence=sentence, announce=announce)

    def notes(self, remarks: Iterable[str]) -> None:
        """Show several remarks."""
        for remark in remarks:
            self.note(remark)

    def figure(self, name: str, chart: Chart | None) -> None:
        """Save a chart at two widths with the data behind it, and show it; where there is none, nothing is shown."""
        self._unique("figure", name)
        if chart is None:
            return
        shop = self.config.shop
        saved = save(chart.figure, self._folder / "figures", name, chart.data, currency=shop.currency,
                     language=shop.language)  # fmt: skip
        block = {"kind": "figure", "id": name, "title": chart.title, "caption": chart.caption, "alt": chart.alt,
                 "wide": f"figures/{saved.wide}", "narrow": f"figures/{saved.narrow}",
                 "data": f"figures/{saved.data}" if saved.data else "",
                 "heads": list(behind.heads(chart.data, shop.currency))}  # fmt: skip
        picture = base64.b64encode((self._folder / "figures" / saved.png).read_bytes()).decode()
        self._show(block, f"{chart.title}\n{chart.alt}", png=picture)

    def figures(self, charts: Mapping[str, Chart]) -> None:
        """Save and show several charts by name; none shows nothing."""
        for name, chart in charts.items():
            self.figure(name, chart)

    def note(self, text: str, *, warning: bool = False) -> None:
        """Show a remark; a warning stands out."""
        self._show({"kind": "note", "text": text, "tone": "warning" if warning else "plain"}, text)

    def money(self, minor: int) -> str:
        """Return an amount in the shop's currency as a reader sees it."""
        return money.show(minor, self.config.shop.currency, language=self.config.shop.language)

    def _text(self, value: float | None, unit: str) -> str:
        kind = {MONEY: "money", "share": "share"}.get(unit, "number")
        return listing.text(value, kind, self.config.shop.currency, self.config.shop.language) or "not known"

    def _unique(self, kind: str, name: str) -> None:
        if (kind, name) in self._ids:
            raise UndeclaredError(f'Two {kind}s of this notebook are called "{name}"', where=self.stage,
                                  wanted=f"a name of its own for each {kind}")  # fmt: skip
        self._ids.add((kind, name))

    def _show(self, block: dict[str, Any], plain: str, png: str = "") -> None:
        from IPython.display import display

        bundle: dict[str, Any] = {MIME: block, "text/plain": plain}
        if png:
            bundle["image/png"] = png
        display(bundle, raw=True)


def _known(value: Any) -> Any:
    """Return a plain number, ``None`` for one that is not known."""
    return None if value is None or pd.isna(value) else value.item() if hasattr(value, "item") else value
