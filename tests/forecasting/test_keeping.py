"""Models kept under an id say the same again; what is damaged, changed or not known is refused; trials are kept."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shoplib import cli
from shoplib.errors import ConfigError, SourceError, StoreError
from shoplib.forecasting import keeping, trials
from shoplib.forecasting.kept import coming, history, origin, trials_cache
from shoplib.forecasting.kept import folder as keep
from shoplib.forecasting.models.interface import Here, Said
from shoplib.forecasting.models.simple import WeekdayMean
from shoplib.forecasting.panel import Panel

HORIZON = 7
NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def shops(days: int = 150, seed: int = 3, ahead: int = HORIZON) -> Panel:
    """Return three shops with a week, Sundays shut, and offers known ahead."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2024-01-01", periods=days + ahead)
    offer = (rng.random((3, len(span))) < 0.3).astype(float)
    closed = np.tile(span.weekday == 6, (3, 1))
    y = rng.poisson(40 * (1 + 0.5 * offer))[:, :days].astype(float)
    y[closed[:, :days]] = np.nan
    static = pd.DataFrame({"kind": ["a", "b", "b"], "size": [1.5, 2.0, np.nan]}, index=["s1", "s2", "s3"])
    return Panel(("s1", "s2", "s3"), span, days, y, closed, {"offer": offer}, static, "GB")


def told(panel: Panel, offer: float = 1.0) -> pd.DataFrame:
    """Return what is known of the coming days, as a table."""
    days = panel.coming(HORIZON)
    rows = [(name, str(day.date()), offer, int(day.weekday() == 6)) for name in panel.ids for day in days]
    return pd.DataFrame(rows, columns=["unique_id", "ds", "offer", "closed"])


def job(*models: str, windows: int = 2) -> keeping.Asked:
    return keeping.Asked(models or ("weekday_mean",), HORIZON, windows, coming.Names(closed="closed"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a network and a mean of weekdays trained on the shops, and their id."""
    folder = tmp_path_factory.mktemp("models")
    made, notes = keeping.train(shops(), job("lstm", "weekday_mean", windows=0), folder, lambda: NOW)
    assert notes == ()
    return folder, made


@pytest.fixture
def small(tmp_path):
    """A folder with a mean of weekdays, and its id."""
    return tmp_path, keeping.train(shops(), job(), tmp_path, lambda: NOW)[0]


def test_a_panel_comes_back_from_its_file_number_for_number():
    panel = shops()
    panel.known["offer"][0, 3] = np.nan
    again = history.from_parquet(history.as_parquet(panel))
    assert again.y.tobytes() == panel.y.tobytes()
    assert again.closed.tobytes() == panel.closed.tobytes()
    assert again.known["offer"].tobytes() == panel.known["offer"].tobytes()
    assert (again.ids, again.history, again.country) == (panel.ids, panel.history, panel.country)
    assert again.days.equals(panel.days)
    pd.testing.assert_frame_equal(again.static, panel.static)
    assert history.digest_of(again) == history.digest_of(panel)
    assert history.as_parquet(again) == history.as_parquet(panel)


def test_a_kept_model_says_the_same_from_its_record_and_from_its_weights(trained):
    folder, made = trained
    kept = keeping.load(folder, made)
    said, again = keeping.forecast(kept), keeping.forecast(kept, anew=True)
    assert kept.notes == ()
    assert list(kept.weights) == ["lstm"]
    pd.testing.assert_frame_equal(said, again, check_exact=True)
    bounds = ["lo95", "lo80", "yhat", "hi80", "hi95"]
    assert list(said.columns) == ["unique_id", "cutoff", "ds", "model", "yhat", "lo80", "hi80", "lo95", "hi95"]
    network = said[said["model"] == "lstm"]
    assert (np.diff(network[bounds].to_numpy(), axis=1) >= 0).all()
    assert len(said) == 2 * 3 * HORIZON
    assert said["ds"].min() == kept.panel.last + pd.Timedelta(days=1)
    pd.testing.assert_frame_equal(keeping.forecast(kept, 3), said[said["ds"] < said["ds"].min() + pd.Timedelta(days=3)]
                                  .reset_index(drop=True), check_exact=True)  # fmt: skip


def test_bands_are_made_from_the_trials_that_are_kept(small):
    folder, made = small
    kept = keeping.load(folder, made)
    said = keeping.forecast(kept)
    assert len(kept.trials.cutoffs) == 2
    assert (np.diff(said[["lo95", "lo80", "yhat", "hi80", "hi95"]].to_numpy(), axis=1) >= 0).all()
    assert (said["hi95"] > said["lo95"]).sum() == 3 * 6
    pd.testing.assert_frame_equal(said, keeping.forecast(kept, anew=True), check_exact=True)


def test_the_default_choice_is_kept_with_its_mix_and_said_again_without_trials(tmp_path, monkeypatch):
    made, _ = keeping.train(shops(), job("auto", windows=1), tmp_path, lambda: NOW)
    assert (tmp_path / made / keeping.CHOSEN).read_text().startswith("unique_id,models,weights,fallback,reason\ns1,")
    kept = keeping.load(tmp_path, made)
    assert kept.models == ("auto",)
    monkeypatch.setattr(keeping.choosing, "auto", None)
    said = keeping.forecast(kept)
    assert len(said) == 3 * HORIZON
    pd.testing.assert_frame_equal(said, keeping.forecast(kept, anew=True), check_exact=True)
    assert not keeping.forecast(kept, ahead=told(kept.panel).assign(closed=1))["yhat"].any()


def test_training_in_another_folder_gives_the_same_id_and_the_same_files(trained, tmp_path):
    folder, made = trained
    asked = job("lstm", "weekday_mean", windows=0)
    assert keeping.train(shops(), asked, tmp_path, lambda: NOW + dt.timedelta(days=9)) == (made, ())
    names = [place.relative_to(folder / made) for place in (folder / made).rglob("*.*") if place.name != keep.RECORD]
    assert len(names) == 4
    assert all((folder / made / name).read_bytes() == (tmp_path / made / name).read_bytes() for name in names)


def test_other_data_settings_or_columns_give_another_id(small):
    folder, made = small
    panel = shops()
    changed = panel.y.copy()
    changed[0, 0] += 1
    others = [
        keeping.train(replace(panel, y=changed), job(), folder, lambda: NOW)[0],
        keeping.train(panel, job(windows=1), folder, lambda: NOW)[0],
        keeping.train(panel, job("rolling_mean"), folder, lambda: NOW)[0],
        keeping.train(replace(panel, country=""), job(), folder, lambda: NOW)[0],
    ]
    assert len({made, *others}) == 5
    assert sorted(one.id for one in keeping.listed(folder)) == sorted({made, *others})


def test_what_is_kept_whole_is_not_trained_again_and_what_is_damaged_is(small):
    folder, made = small
    before = (folder / made / keep.RECORD).stat().st_mtime_ns
    assert keeping.train(shops(), job(), folder, lambda: NOW) == (made, ())
    assert (folder / made / keep.RECORD).stat().st_mtime_ns == before
    (folder / made / keeping.ANSWERS).write_bytes(b"")
    note = "what was kept under this id was damaged and is trained anew"
    assert keeping.train(shops(), job(), folder, lambda: NOW) == (made, (note,))
    assert len(keeping.forecast(keeping.load(folder, made))) == 3 * HORIZON


def test_offers_told_later_change_the_forecast_and_the_same_ones_do_not(trained):
    folder, made = trained
    kept = keeping.load(folder, made)
    same = told(kept.panel)
    same["offer"] = kept.panel.known["offer"][:, kept.panel.history :].ravel()
    pd.testing.assert_frame_equal(keeping.forecast(kept, ahead=same), keeping.forecast(kept), check_exact=True)
    shut = told(kept.panel).assign(closed=1)
    assert keeping.forecast(kept, ahead=shut)["yhat"].eq(0).all()
    more, less = (keeping.forecast(kept, ahead=told(kept.panel, offer))["yhat"] for offer in (1.0, 0.0))
    assert not more.equals(less)


def test_the_list_has_the_newest_data_first_and_tells_what_is_damaged(small):
    folder, made = small
    newer = keeping.train(shops(days=170), job(), folder, lambda: NOW)[0]
    (folder / "0damaged").mkdir()
    found = keeping.listed(folder)
    assert [one.id for one in found] == [newer, made, "0damaged"]
    assert [one.until for one in found] == ["2024-06-18", "2024-05-29", ""]
    assert 0 < found[0].error < 1
    assert found[2].fault == "The trained model is damaged or was changed"
    assert keeping.listed(folder / "nothing") == []


def test_an_unknown_id_is_refused_with_the_nearest(small):
    folder, made = small
    wrong = made[:-1] + "zz"
    with pytest.raises(ConfigError) as caught:
        keeping.load(folder, wrong)
    assert str(caught.value) == (
        f"No trained model has this id\n  where   {folder}\n  found   {wrong}\n  wanted  {made}\n"
        f"  next    write {made}, if that is meant"
    )
    assert keeping.load(folder, made[:4]).id == made


@pytest.mark.parametrize("name", [keeping.HISTORY, keeping.ANSWERS, keeping.TRIALS])
def test_a_changed_or_missing_file_is_refused(small, name):
    folder, made = small
    path = folder / made / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        keeping.load(folder, made)
    assert str(caught.value) == (
        f"The trained model is damaged or was changed\n  where   {path}\n"
        "  found   its content has another digest than at the training\n  wanted  the files as they were written\n"
        "  next    train it again: the same data give the same id"
    )
    path.unlink()
    with pytest.raises(StoreError, match="it is missing or cannot be read"):
        keeping.load(folder, made)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seal": "0"}', '{"format": 1, "seal": "0"}', "\x00"])
def test_a_record_that_is_none_is_refused(small, text):
    folder, made = small
    (folder / made / keep.RECORD).write_text(text)
    with pytest.raises(StoreError):
        keeping.load(folder, made)


def test_a_record_that_was_edited_or_copied_is_refused(small):
    folder, made = small
    path = folder / made / keep.RECORD
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"horizon": 99}))
    with pytest.raises(StoreError, match="its content is not what was sealed"):
        keeping.load(folder, made)
    record.pop("seal")
    path.write_bytes(keep.sealed(record))
    (folder / made).rename(folder / "other")
    with pytest.raises(StoreError, match=f"it is the record of {made}"):
        keeping.load(folder, "other")


def test_another_format_is_refused(small, monkeypatch):
    folder, made = small
    monkeypatch.setattr(keep, "FORMAT", 2)
    with pytest.raises(StoreError) as caught:
        keeping.load(folder, made)
    assert str(caught.value) == (
        f"The trained model is of another format\n  where   {folder / made / keep.RECORD}\n  found   1\n  wanted  2\n"
        "  next    train it again from its data"
    )


def test_other_code_and_packages_are_told_and_the_answer_stays(small):
    folder, made = small
    path = folder / made / keep.RECORD
    record = json.loads(path.read_text())
    record.pop("seal")
    record["code"], record["versions"]["numpy"] = "0", "1.0"
    path.write_bytes(keep.sealed(record))
    kept = keeping.load(folder, made)
    assert kept.notes == (
        "made by other code of the forecasts: what is said anew may differ, what was said then is kept",
        f"made with other packages (numpy 1.0, now {np.__version__}): what is said anew may differ",
    )
    assert len(keeping.forecast(kept)) == 3 * HORIZON


def test_more_days_than_were_trained_are_refused(small):
    folder, made = small
    with pytest.raises(ConfigError) as caught:
        keeping.forecast(keeping.load(folder, made), 8)
    assert str(caught.value) == (
        f"The model was not trained for so many days\n  where   --horizon, model {made}\n  found   8\n"
        "  wanted  1 to 7\n"
        "  next    ask for 7, or train again with --horizon 8"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.iloc[1:], "Days are missing in the rows of coming days\n  where   rows.csv\n"
         "  found   s1 2024-05-30\n"
         "  wanted  one row for each of 3 series and each day from 30 May 2024 to 5 Jun 2024\n"
         "  next    add them, or ask for fewer days with --horizon"),
        (lambda table: table.drop(columns="offer"), "Columns are missing in the rows of coming days\n"
         "  where   rows.csv\n  found   unique_id, ds, closed\n  wanted  unique_id, ds, offer\n"
         "  next    add offer: the model was trained with it"),
        (lambda table: pd.concat([table, table.head(1)]), "A series has two rows of the same coming day\n"
         "  where   rows.csv\n  found   s1 2024-05-30\n"
         "  wanted  one row for each of 3 series and each day from 30 May 2024 to 5 Jun 2024\n"
         "  next    leave one of them"),
        (lambda table: table.assign(offer="much"), "A value known ahead is not a number\n"
         "  where   rows.csv, row 1, column offer\n  found   much\n  wanted  a number in each row\n"
         "  next    fill it in"),
        (lambda table: table.assign(ds="tomorrow"), "A day cannot be read\n  where   rows.csv, row 1, column ds\n"
         "  found   tomorrow\n  wanted  a day such as 2026-03-01\n  next    write days like that"),
    ],
)  # fmt: skip
def test_rows_of_coming_days_that_leave_something_out_are_refused(change, message):
    panel = shops()
    with pytest.raises(SourceError) as caught:
        coming.filled(panel, HORIZON, change(told(panel)), coming.Names(closed="closed"), "rows.csv")
    assert str(caught.value) == message


def test_rows_for_a_model_that_knows_nothing_ahead_are_refused():
    panel = replace(shops(), known={})
    with pytest.raises(SourceError) as caught:
        coming.filled(panel, HORIZON, told(panel), coming.Names(), "rows.csv")
    assert str(caught.value) == (
        "The model knows no columns ahead\n  where   rows.csv\n  found   unique_id, ds, offer, closed\n"
        "  wanted  no file\n  next    leave --known-ahead out, or train with --known COLS"
    )


class Counting(WeekdayMean):
    """A mean of weekdays that counts how often it was asked."""

    asked = 0

    def forecast(self, panel, horizon, crew):
        type(self).asked += 1
        return super().forecast(panel, horizon, crew)


@pytest.fixture
def counting():
    Counting.asked = 0
    return Counting()


def test_trials_that_are_kept_are_not_fitted_again(tmp_path, counting):
    held, panel = keeping.Cached(counting, tmp_path), shops()
    first = trials.run(panel, [held], HORIZON, 2)
    again = trials.run(panel, [held], HORIZON, 2)
    assert Counting.asked == 2
    assert first.mean("weekday_mean").tobytes() == again.mean("weekday_mean").tobytes()
    assert first.said["weekday_mean"][0].notes == again.said["weekday_mean"][0].notes
    trials.run(replace(panel, y=panel.y + 1), [held], HORIZON, 2)
    assert Counting.asked == 4


def test_an_answer_that_is_kept_comes_back_whole(tmp_path, counting):
    panel, grid = shops(), np.array([[1.0, np.nan]])
    said = Said(grid, {80: (grid - 1, grid + 1), 95: (grid - 2, grid + 2)}, ("a “note”", ""))
    assert trials_cache.cached(tmp_path, panel, counting, HORIZON) is None
    trials_cache.keep(tmp_path, panel, counting, HORIZON, said)
    found = trials_cache.cached(tmp_path, panel, counting, HORIZON)
    assert found is not None
    assert found.mean.tobytes() == grid.tobytes()
    assert found.bands[95][1].tobytes() == (grid + 2).tobytes()
    assert found.notes == said.notes
    assert trials_cache.cached(tmp_path, panel, counting, HORIZON + 1) is None


@pytest.mark.parametrize("harm", [lambda data: b"", lambda data: data[:-1], lambda data: data[:70] + b"x" + data[71:]])
def test_a_damaged_answer_is_made_anew(tmp_path, counting, harm):
    held, panel = keeping.Cached(counting, tmp_path), shops().until(100, HORIZON)
    right = held.forecast(panel, HORIZON, Here())
    place = next(tmp_path.glob("*.said"))
    place.write_bytes(harm(place.read_bytes()))
    assert held.forecast(panel, HORIZON, Here()).mean.tobytes() == right.mean.tobytes()
    assert Counting.asked == 2
    assert trials_cache.from_bytes(place.read_bytes()) is not None


def test_the_cache_does_not_grow_beyond_its_bound(tmp_path, counting):
    panel = shops()
    held = keeping.Cached(counting, tmp_path, most_bytes=4_000)
    for end in range(100, 110):
        held.forecast(panel.until(end, HORIZON), HORIZON, Here())
    sizes = [place.stat().st_size for place in tmp_path.glob("*.said")]
    assert 0 < sum(sizes) <= 4_000
    held.forecast(panel.until(109, HORIZON), HORIZON, Here())
    assert Counting.asked == 10
    keeping.Cached(counting, tmp_path / "none", most_bytes=10).forecast(panel.until(100, HORIZON), HORIZON, Here())
    assert list((tmp_path / "none").glob("*")) == []


def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path, counting):
    (tmp_path / "file").write_text("")
    held = keeping.Cached(counting, tmp_path / "file" / "trials")
    assert held.forecast(shops().until(100, HORIZON), HORIZON, Here()).mean.shape == (3, HORIZON)


def test_words_do_not_change_the_digest_of_the_code_and_settings_do(tmp_path, counting):
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text('"""Some words."""\nA = 1  # more\n')
    two.write_text("A = 1\n")
    assert origin.code_of(one) == origin.code_of(two)
    two.write_text("A = 2\n")
    assert origin.code_of(one) != origin.code_of(two)
    from shoplib.forecasting.models.lstm import Lstm

    assert origin.settings(Lstm(seed=1)) != origin.settings(Lstm(seed=2))
    assert "torch" in origin.versions(["lstm"])


def test_the_commands_train_list_and_predict(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    panel = shops()
    ids, past = np.repeat(panel.ids, panel.history), panel.days[: panel.history]
    rows = pd.DataFrame({"unique_id": ids, "ds": np.tile(past, 3), "y": panel.y.ravel()})
    rows["offer"] = panel.known["offer"][:, : panel.history].ravel()
    rows["closed"] = panel.closed[:, : panel.history].ravel().astype(int)
    rows.to_csv("sales.csv", index=False)
    told(panel).to_csv("ahead.csv", index=False)
    words = ["forecast", "train", "sales.csv", "--known", "offer", "--closed", "closed", "--horizon", "7",
             "--models", "weekday_mean", "--windows", "1"]  # fmt: skip
    assert cli.main(words) == 0
    made, notes = capsys.readouterr()
    made = made.strip()
    assert len(made) == 16
    assert "note: offer is known for none of the coming days" in notes
    assert cli.main(["forecast", "models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "id                models        series  data until  horizon  error"
    assert lines[1].startswith(f"{made}  weekday_mean       3  2024-05-29        7  ")
    assert cli.main(["forecast", "predict", made, "--out", "out.csv"]) == 0
    assert capsys.readouterr() == ("21 rows: weekday_mean, 7 days after 29 May 2024: out.csv\n", "")
    assert cli.main(["forecast", "predict", made[:6], "--anew", "--out", "out.parquet"]) == 0
    table = pd.read_parquet("out.parquet")
    text = pd.read_csv("out.csv", parse_dates=["cutoff", "ds"], float_precision="round_trip")
    pd.testing.assert_frame_equal(text.astype({"unique_id": str}), table, check_exact=True, check_dtype=False)
    assert cli.main(["forecast", "predict", made, "--out", "out.txt"]) == 2
    assert capsys.readouterr().err == (
        "The table cannot be written under this name\n  where   --out\n  found   out.txt\n"
        "  wanted  a file that ends with .csv or .parquet\n  next    name one\n"
    )
    assert cli.main(["forecast", "predict", made, "--known-ahead", "no.csv", "--out", "o.csv"]) == 2
    assert "The rows of coming days cannot be read" in capsys.readouterr().err
    assert cli.main(["forecast", "models", "--models-dir", "none"]) == 0
    assert capsys.readouterr().out == "no trained models in none; train one with: shoplib forecast train FILE\n"
