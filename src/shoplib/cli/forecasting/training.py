"""``shoplib forecast train, models and predict``: models trained once, kept by their id, asked again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shoplib.cli.command import Add, say
from shoplib.errors import StoreError

EXIT_CODES = """exit codes: 0 done · 2 an argument, a file or what is kept was refused · 130 interrupted"""
MODELS_DIR = "data/models"
LONGEST = 1_000
SUFFIXES = (".csv", ".parquet")


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""
    from shoplib.forecasting import reading

    about = "train models on a table of daily series and keep them; prints their id"
    train = add(actions, "train", _train, about, codes=EXIT_CODES)
    reading.add_arguments(train)
    train.add_argument(
        "--models", nargs="+", default=["auto"], metavar="NAMES", help="names, or auto: the best by trial"
    )
    told = "days ahead it can be asked for (default: %(default)s)"
    train.add_argument("--horizon", type=_counted, default=28, metavar="DAYS", help=told)
    told = "earlier days it is tried from, for its error and its bands; 0: none (default: %(default)s)"
    train.add_argument("--windows", type=_whole, default=3, metavar="N", help=told)
    predict_about = "what a kept model expects of the days after its data, as a table"
    predict = add(actions, "predict", _predict, predict_about, codes=EXIT_CODES)
    predict.add_argument("id", metavar="ID", help="id from train, or its beginning")
    predict.add_argument("--horizon", type=_counted, metavar="DAYS", help="(default: as trained)")
    told = "CSV or Parquet file: a row a series and coming day, with the columns known ahead"
    predict.add_argument("--known-ahead", default="", metavar="FILE", help=told)
    told = "say it once more from the history and the weights, not what was kept; the numbers are the same"
    predict.add_argument("--anew", action="store_true", help=told)
    predict.add_argument("--out", required=True, metavar="FILE", help="file.csv or file.parquet")
    listing = add(actions, "models", _models, "the trained models that are kept", codes=EXIT_CODES)
    for command in (train, predict, listing):
        command.add_argument("--models-dir", default=MODELS_DIR, metavar="DIR", help="(default: %(default)s)")


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) > LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {LONGEST}")
    return int(text)


def _counted(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {LONGEST}")
    return int(text)


def _train(asked: argparse.Namespace, _given: list[str]) -> int:
    import datetime as dt

    from shoplib.forecasting import keeping, reading
    from shoplib.forecasting.kept.coming import Names

    columns = reading.asked_columns(asked)
    read = reading.read(asked)
    job = keeping.Asked(
        reading.names(asked.models), asked.horizon, asked.windows, Names(columns.id, columns.time, columns.closed)
    )
    with _progress() as tell:
        made, notes = keeping.train(read.panel, job, Path(asked.models_dir), lambda: dt.datetime.now(dt.UTC), tell=tell)
    _note([*read.notes, *notes])
    say(made)
    return 0


def _predict(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.base import words
    from shoplib.forecasting import keeping
    from shoplib.forecasting.kept import coming

    out = Path(asked.out)
    _require_table(out)
    kept = keeping.load(Path(asked.models_dir), asked.id)
    _note(kept.notes)
    ahead = coming.read(Path(asked.known_ahead)) if asked.known_ahead else None
    table = keeping.forecast(kept, asked.horizon, ahead, where=asked.known_ahead, anew=asked.anew)
    _write(table, out)
    days = words.plural(asked.horizon or kept.horizon, "day")
    said = f"{words.listed(kept.models)}, {days} after {words.day(kept.panel.last)}"
    say(f"{words.plural(len(table), 'row')}: {said}: {out}")
    return 0


def _models(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.forecasting import keeping

    found = keeping.listed(Path(asked.models_dir))
    if not found:
        say(f"no trained models in {asked.models_dir}; train one with: shoplib forecast train FILE")
        return 0
    for line in _lines(found):
        say(line)
    return 0


def _lines(found: Sequence[Any]) -> Iterator[str]:
    from shoplib.base import words

    rows = [("id", "models", "series", "data until", "horizon", "error")]
    for one in found:
        error = "–" if one.error != one.error else words.share(one.error)
        rows.append((one.id, words.listed(one.models, 3), words.count(one.series), one.until, str(one.horizon), error))
    wide = [max(len(row[at]) for row in rows) for at in range(6)]
    right = {2, 4, 5}
    faults = {one.id: one.fault for one in found if one.fault}
    for row in rows:
        if row[0] in faults:
            yield f"{row[0]:{wide[0]}}  {faults[row[0]]}"
        else:
            cells = (f"{cell:>{wide[at]}}" if at in right else f"{cell:{wide[at]}}" for at, cell in enumerate(row))
            yield "  ".join(cells).rstrip()


def _note(notes: Sequence[str]) -> None:
    for note in dict.fromkeys(notes):
        print(f"note: {note}", file=sys.stderr)


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    from tqdm import tqdm

    with tqdm(total=100, unit="%", leave=False, disable=None, delay=2, dynamic_ncols=True) as bar:

        def tell(name: str, share: float) -> None:
            bar.set_description(name, refresh=False)
            bar.n = round(100 * share, 1)
            bar.refresh()

        yield tell


def _require_table(out: Path) -> None:
    if out.suffix.lower() not in SUFFIXES or out.is_dir():
        raise StoreError(
            "The table cannot be written under this name", where="--out", found=str(out),
            wanted="a file that ends with .csv or .parquet", next_step="name one",
        )  # fmt: skip


def _write(table: Any, out: Path) -> None:
    """Write the table, whole or not at all; numbers read back are the same."""
    from shoplib.store import files

    if out.suffix.lower() == ".csv":
        files.write_text(out, table.to_csv(index=False, lineterminator="\n"))
        return
    import pyarrow as pa

    files.write_arrow(out, pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None))
