"""What a notebook talks to: ``start`` gives a ``run``; it reads what was declared, shows, writes, and finishes.

    run = notebook.start("04_eda", scenario, run_dir, overrides)
    sales = run.read("transactions")
    run.write("sales_daily", views.daily(sales))
    run.figure(figures.trend(...))
    run.finish()

The façade knows files and tables, not shops: everything about sales, faces or stock is in the domains.
"""

from __future__ import annotations

import base64
import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Scenario
from shoplib.errors import ShopError, UndeclaredError
from shoplib.store import files, patterns
from shoplib.viz.export import Chart, save

MIME = "application/vnd.shoplib+json"
ORDER, FINISHED, NUMBERS = ".order.json", ".finished.json", "numbers.json"
SHOWN_ROWS = 30
NOTABLE_SHARE = 0.005
MONEY = "minor"
FIGURE = re.compile(r"[-+−]?[^\w\s]?\s?\d[\d.,\u00a0\u202f]*\s?(%|[^\w\s]|[A-Z]{3})?")
Tone = Literal["plain", "good", "bad"]
Spark = Sequence[float | None]
"""A recent past, oldest first; ``None`` where nothing is known."""


def start(stage: str, scenario: str, run_dir: str = "", overrides: str = "") -> Run:
    """Return the run of a stage.

    The chain passes ``run_dir``. Left empty, as when a person opens the notebook, the stages before this
    one are made first and the notebook works in ``outputs/<scenario>/.byhand/``. ``overrides`` are
    ``key=value`` pairs joined by ``;``.
    """
    if not run_dir:
        # The runner is asked for by name: what a notebook shows must not depend on how it is run.
        run_dir = importlib.import_module("shoplib.pipeline.byhand").prepare(stage, scenario, overrides)
    run = Run(Path(run_dir))
    if run.stage != stage:
        raise UndeclaredError("The notebook starts as another stage", where=f'notebook.start("{stage}", …)',
                              found=stage, wanted=run.stage)  # fmt: skip
    run.apply_memory_limit()
    return run


class Settings:
    """The declared sections of the scenario; asking for another one is an error that says what to declare."""

    def __init__(self, scenario: Scenario, sections: tuple[str, ...], stage: str) -> None:
        self._scenario, self._sections, self._stage = scenario, sections, stage

    def __getattr__(self, name: str) -> Any:
        """Return a section, or ``seed``."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("seed", "shop", *self._sections):
            return getattr(self._scenario, name)
        raise UndeclaredError(
            f'Stage {self._stage} did not declare the section "{name}"', where="pipeline/stages.py",
            found=words.listed(("seed", "shop", *self._sections)),
            next_step=f'add "{name}" to its sections, so that a change of it re-runs the stage',
        )  # fmt: skip


class Run:
    """One stage at work in its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._order: dict[str, Any] = files.read_json(folder / ORDER)
        self.stage: str = self._order["stage"]
        self.config = Settings(
            Scenario.model_validate(self._order["scenario"]), tuple(self._order["sections"]), self.stage
        )
        self._written: dict[str, dict[str, Any]] = {}
        self._numbers: dict[str, dict[str, Any]] = {}
        self._ids: set[str] = set()
        self._said: list[str] = []

    # ── in ────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, name: str) -> pd.DataFrame:
        """Return a table this stage declared among its needs."""
        return files.read_table(self._input(name), name)

    def read_all(self, *names: str) -> list[pd.DataFrame]:
        """Return several declared tables in the order asked for."""
        return [self.read(name) for name in names]

    def read_if_given(self, name: str) -> pd.DataFrame | None:
        """Return an optional table this stage declared, or ``None`` where the scenario has none."""
        return self.read(name) if self.has(name) else None

    def has(self, name: str) -> bool:
        """Return whether an optional need is given in this scenario."""
        return name in self._order["inputs"]

    def folder(self, name: str) -> Path:
        """Return a folder of files this stage declared among its needs."""
        return self._input(name)

    def sources(self) -> dict[str, list[Path]]:
        """Return source name → files in order of name, for files of the scenario and for simulated ones alike.

        A simulated source whose name has stars may have no file.
        """
        found = {name: [Path(path) for path in paths] for name, paths in self._order["sources"].items()}
        for source in self.config.ingest.sources:
            if source.kind == "simulated":
                path = self.folder("raw") / source.file
                found[source.name] = patterns.matching(path) if patterns.is_pattern(path.name) else [path]
        return found

    def chapters(self) -> dict[str, Path]:
        """Return stage → folder of its finished result, in the order of the chain."""
        return {name: Path(path) for name, path in self._order["chapters"].items()}

    @property
    def run_code(self) -> str:
        """The code that stands in the page's footer."""
        return str(self._order["run_code"])

    @property
    def parts_of_page(self) -> dict[str, Any]:
        """Stage → whether its chapter is a finding or method."""
        return dict(self._order["parts_of_page"])

    @property
    def notebooks(self) -> Path:
        """Folder of the notebooks as they are written today."""
        return Path(self._order["notebooks"])

    def _input(self, name: str) -> Path:
        inputs = self._order["inputs"]
        if name not in inputs:
            near = words.nearest(name, inputs)
            raise UndeclaredError(
                f'Stage {self.stage} did not declare that it needs "{name}"', where="pipeline/stages.py",
                found=words.listed(inputs) or "no needs",
                next_step=f'did you mean "{near}"?' if near else f'add "{name}" to its needs',
            )  # fmt: skip
        return Path(inputs[name])

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write a promised table; it is checked against its declaration first."""
        self._promised(name, "gives")
        rows = files.write_table(self._folder / "tables" / f"{name}.parquet", name, frame)
        self._written[name] = {"rows": rows, "kind": "table"}

    def write_all(self, frames: Mapping[str, pd.DataFrame]) -> None:
        """Write several promised tables."""
        for name, frame in frames.items():
            self.write(name, frame)

    def out(self, name: str) -> Path:
        """Return a new promised folder to put files in."""
        self._promised(name, "folders")
        place = self._folder / "files" / name
        place.mkdir(parents=True, exist_ok=True)
        self._written[name] = {"rows": None, "kind": "folder"}
        return place

    def _promised(self, name: str, kind: str) -> None:
        if name not in self._order[kind]:
            raise UndeclaredError(
                f'Stage {self.stage} did not promise "{name}"', where="pipeline/stages.py",
                found=words.listed(self._order[kind]) or "no promises",
                next_step=f'add "{name}" to its {kind}',
            )  # fmt: skip

    # ── shown ─────────────────────────────────────────────────────────────────────────────────────────────

    def number(
        self, name: str, value: float | None, *, label: str, unit: str, definition: str, change: str = "",
        tone: Tone = "plain", spark: Spark | None = None, card: bool = False, shown: bool = True,
    ) -> None:  # fmt: skip
        """Show a number and record it in ``numbers.json``; ``None`` reads "not known".

        ``unit`` is ``minor`` (money in minor units of the shop's currency), ``share`` (of one), or a noun such as
        ``transactions``. A name is used once in a run; ``headline`` refers to it.
        """
        self._unique(name)
        value = None if value is None or pd.isna(value) else value.item() if hasattr(value, "item") else value
        text = self._text(value, unit)
        spark = None if spark is None else [None if pd.isna(point) else float(point) for point in spark]
        shop = self.config.shop
        self._numbers[name] = {
            "value": value, "text": text, "label": label, "definition": definition,
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
        sparks: Mapping[str, Spark] | None = None,
    ) -> None:
        """Show a number for each row of a table of metrics.

        ``measured`` has columns metric, label, unit, value, before, change_share, better (``up``, ``down`` or
        ``neither``) and definition. ``cards`` are shown at the head of the page, ``sparks`` their recent past.
        Numbers that are not known are recorded, and named in one remark.
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
                shown=str(row["label"]) not in unknown,
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
        self._unique(name)
        if chart is None:
            return
        saved = save(chart.figure, self._folder / "figures", name, chart.data)
        block = {"kind": "figure", "id": name, "title": chart.title, "caption": chart.caption, "alt": chart.alt,
                 "wide": f"figures/{saved.wide}", "narrow": f"figures/{saved.narrow}",
                 "data": f"figures/{saved.data}" if saved.data else ""}  # fmt: skip
        picture = base64.b64encode((self._folder / "figures" / saved.png).read_bytes()).decode()
        self._show(block, f"{chart.title}\n{chart.alt}", png=picture)

    def figures(self, charts: Mapping[str, Chart]) -> None:
        """Save and show several charts by name; none shows nothing."""
        for name, chart in charts.items():
            self.figure(name, chart)

    def table(
        self, name: str, frame: pd.DataFrame, *, title: str, caption: str = "", rows: int = SHOWN_ROWS,
        shares: tuple[str, ...] = (), skip_empty: bool = False,
    ) -> None:  # fmt: skip
        """Show the first ``rows`` rows of a table; its column names are the words a reader sees.

        Columns named in ``shares`` are shares of one and read as percentages. With ``skip_empty`` a table without rows
        is not shown.
        """
        self._unique(name)
        if skip_empty and frame.empty:
            return
        shown = frame.head(rows).copy()
        for column in shares:
            shown[column] = [self._text(value, "share") for value in shown[column]]
        kinds = ["number" if _is_figures(shown[column]) else "text" for column in shown.columns]
        block = {
            "kind": "table", "id": name, "title": title, "caption": caption, "rows_total": len(frame),
            "columns": [{"label": str(c), "kind": k} for c, k in zip(frame.columns, kinds, strict=True)],
            "rows": [[self._cell(v) for v in row] for row in shown.itertuples(index=False)],
        }  # fmt: skip
        self._show(block, f"{title}\n{shown.to_string(index=False)}")

    def note(self, text: str, *, warning: bool = False) -> None:
        """Show a remark; a warning stands out."""
        self._show({"kind": "note", "text": text, "tone": "warning" if warning else "plain"}, text)

    def money(self, minor: int) -> str:
        """Return an amount in the shop's currency as a reader sees it."""
        return money.show(minor, self.config.shop.currency, language=self.config.shop.language)

    def _text(self, value: float | None, unit: str) -> str:
        language = self.config.shop.language
        if value is None or pd.isna(value):
            return "not known"
        if unit == MONEY:
            return self.money(int(value))
        if unit == "share":
            return words.share(value, language)
        return words.count(value, language, 0 if float(value).is_integer() else 1)

    def _cell(self, value: Any) -> str:
        if value is None or (not isinstance(value, str) and pd.isna(value)):
            return ""
        if isinstance(value, pd.Timestamp):
            return words.day(value.date(), self.config.shop.language)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return words.count(value, self.config.shop.language, 0 if float(value).is_integer() else 2)
        return str(value)

    def _unique(self, name: str) -> None:
        if name in self._ids:
            raise UndeclaredError(f'The name "{name}" is used twice in this notebook', where=self.stage,
                                  wanted="one name a number, figure or table")  # fmt: skip
        self._ids.add(name)

    def _show(self, block: dict[str, Any], plain: str, png: str = "") -> None:
        from IPython.display import display

        bundle: dict[str, Any] = {MIME: block, "text/plain": plain}
        if png:
            bundle["image/png"] = png
        display(bundle, raw=True)

    # ── end ───────────────────────────────────────────────────────────────────────────────────────────────

    def finish(self) -> None:
        """Check that everything promised is there and hand the result over.

        Raises ``UndeclaredError`` that names each promised table or folder that is missing or empty.
        """
        missing = [name for name in self._order["gives"] if name not in self._written]
        for name in self._order["folders"]:
            place = self._folder / "files" / name
            if not place.is_dir() or not any(place.rglob("*")):
                missing.append(name)
        if missing:
            raise UndeclaredError(
                f"{self.stage} promised more than it wrote", found=words.listed(self._written) or "nothing",
                wanted=words.listed(missing), next_step="write these before run.finish()",
            )  # fmt: skip
        files.write_json(self._folder / NUMBERS, self._numbers)
        files.write_json(self._folder / FINISHED, {"outputs": self._written, "said": self._said})

    def apply_memory_limit(self) -> None:
        """Hold this process to ``run.memory_limit_mb``, where the system can; Python then raises ``MemoryError``."""
        limit = self._order["limit_mb"]
        if limit is None:
            return
        try:
            import resource
        except ImportError as error:
            raise ShopError("This system cannot limit a notebook's memory", where="run.memory_limit_mb",
                            next_step="leave the setting out") from error  # fmt: skip
        resource.setrlimit(resource.RLIMIT_DATA, (limit << 20, limit << 20))


def _is_figures(column: pd.Series) -> bool:
    """Return whether a column is read as figures: numbers, or texts such as £1,234.50 and 12.5%."""
    if pd.api.types.is_numeric_dtype(column):
        return True
    filled = [text for text in column.dropna().astype(str) if text]
    return bool(filled) and all(FIGURE.fullmatch(text) for text in filled)


__all__ = ["MIME", "Run", "Settings", "start"]
