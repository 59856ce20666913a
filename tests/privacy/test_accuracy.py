"""What may be promised of matches before anybody is recognised."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shoplib.errors import ContractError
from shoplib.privacy.accuracy import accuracy, cut_for, interval, pairs


def labelled(people, times, near=0.3, far=0.8, wrong=0, missed=0):
    """Return pairs of people met ``times`` each; some pairs of people are too near, some people too far."""
    two = [(a, b) for a in range(people) for b in range(a)]
    rows = [(near if at < wrong else far, False, f"P{b}", f"P{a}") for at, (a, b) in enumerate(two)] * times
    rows += [(far if at < missed else near, True, f"P{at}", f"P{at}") for at in range(people)] * (times - 1)
    return pd.DataFrame(rows, columns=["distance", "same", "first", "second"])


@given(st.integers(1, 400), st.data())
def test_whole_errors_give_the_exact_interval(trials, data):
    errors = data.draw(st.integers(0, trials))
    exact = stats.binomtest(errors, trials).proportion_ci(0.95, "exact")
    assert interval(errors / trials, trials) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_nothing_seen_says_nothing():
    assert interval(float("nan"), 0) == (0.0, 1.0)


def test_the_rate_is_counted_by_hand():
    row = accuracy(labelled(5, 3, wrong=2, missed=1), 0.54, 1).table.iloc[0]
    assert (row["wrong_trials"], row["wrong_compared"], row["wrong_rate"]) == (10, 30, 0.2)
    assert (row["missed_trials"], row["missed_compared"], row["missed_rate"]) == (5, 10, 0.2)
    assert row["wrong_in"] == pytest.approx(5)


def test_more_faces_of_the_same_people_prove_no_more():
    few, many = (accuracy(labelled(12, times), 0.54, 10).table for times in (2, 50))
    assert few.loc[0, "wrong_high"] == many.loc[0, "wrong_high"]
    assert few.loc[0, "missed_high"] == many.loc[0, "missed_high"]


def test_few_people_are_no_go_and_the_sentence_says_so():
    found = accuracy(labelled(10, 4), 0.54, 10)
    assert not found.go
    assert found.sentence == (
        "With 10 people known, at worst every one of the visits is matched wrongly: none was among 45 pairs of people; "
        "of visits of known people 0.0% are not recognised, at worst 30.8%. "
        "No go at a distance of 0.54: All, too few people to tell."
    )


def test_many_people_are_a_go():
    found = accuracy(labelled(120, 2, wrong=1), 0.54, 20)
    assert found.go
    assert found.sentence == (
        "With 20 people known, expect 1 wrong match in 357 visits, at worst 1 in 64 (95 % interval, 7,140 "
        "pairs of people); of visits of known people 0.0% are not recognised, at worst 3.0%. Go at a distance of 0.54."
    )


def test_too_many_mistakes_are_told_from_too_few_people():
    found = accuracy(labelled(60, 2, wrong=400), 0.54, 20)
    assert found.table.loc[0, "verdict"] == "no go: too many mistakes"
    assert found.sentence.endswith("No go at a distance of 0.54: All, too many mistakes.")


def test_without_pairs_nothing_is_promised():
    found = accuracy(labelled(1, 1), 0.54, 20)
    assert not found.go
    assert found.sentence == (
        "Nothing can be said of wrong matches: no two different people were compared; nobody was met twice. "
        "No go at a distance of 0.54: All, too few people to tell."
    )


def test_one_bad_band_stops_it():
    light = labelled(120, 2).assign(light="bright")
    dim = labelled(8, 2, wrong=6).assign(light="dim")
    found = accuracy(pd.concat([light, dim]), 0.54, 5, bands=["light"])
    assert found.table["band"].tolist() == ["All", "light: bright", "light: dim"]
    assert found.table["verdict"].tolist() == ["go", "go", "no go: too many mistakes"]
    assert not found.go


def test_a_band_without_pairs_stops_it_too():
    seen = labelled(120, 2)
    seen["light"] = pd.Categorical(["bright"] * len(seen), ["infrared", "bright"], ordered=True)
    found = accuracy(seen, 0.54, 5, bands=["light"])
    assert found.table["verdict"].tolist() == ["go", "no go: too few people to tell", "go"]


def test_more_known_people_mean_more_wrong_matches():
    seen = labelled(60, 2, wrong=2)
    each = [accuracy(seen, 0.54, known).table.loc[0, "wrong_in"] for known in (1, 10, 100)]
    assert each[0] == pytest.approx(885)
    assert each == sorted(each, reverse=True)


def test_pairs_are_every_two_pieces_of_known_people_in_the_worse_band():
    far = np.array([[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]], dtype=float)
    light = pd.Categorical(["dim", "bright", "bright", "bright"], ["dim", "bright"], ordered=True)
    found = pairs(far, ["B", "A", None, "B"], pd.DataFrame({"light": light}))
    assert found.astype({"light": str}).to_numpy().tolist() == [
        [1.0, False, "A", "B", "dim"], [3.0, True, "B", "B", "dim"], [5.0, False, "A", "B", "bright"],
    ]  # fmt: skip


def test_the_cut_keeps_its_promise_and_the_next_one_would_not():
    rng = np.random.default_rng(7)
    seen = labelled(60, 2)
    seen["distance"] = np.where(seen["same"], rng.normal(0.4, 0.07, len(seen)), rng.normal(0.8, 0.09, len(seen)))
    cut = cut_for(seen, 0.005)
    assert cut is not None
    above = seen.loc[seen["distance"] > cut, "distance"].min()
    highs = [accuracy(seen, at, 1).table.loc[0, "wrong_high"] for at in (cut, above)]
    assert highs[0] <= 0.005 < highs[1]
    assert cut_for(labelled(4, 2), 0.005) is None


def test_pairs_that_are_none_are_refused():
    with pytest.raises(ContractError) as caught:
        accuracy(labelled(3, 2).drop(columns="first"), 0.54, 5, bands=["light"])
    assert str(caught.value) == (
        "These are no labelled pairs\n  found   no column first, light\n"
        "  wanted  columns distance, same, first, second, light\n"
        "  next    make them with  pairs(distance, person, bands)"
    )
    with pytest.raises(ContractError, match="1 distance that are no number"):
        cut_for(labelled(3, 1).assign(distance=[0.1, np.nan, 0.2]), 0.1)
