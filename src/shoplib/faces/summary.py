"""What was seen, in sentences and figures to keep."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop

NOBODY = "No face was recognised in the footage, so nobody can be counted."
PRIVATE = (
    "The page shows no picture of anybody. The numbers that tell faces apart are used while this notebook runs and are "
    "not kept; a customer is a key such as C0001, not a name."
)
RENDERED = (
    "The people in this footage are rendered and were chosen because a face recogniser can tell them apart: these "
    "scores show that the parts work together and say nothing about footage of real people. "
    "They are made from MakeHuman / MPFB assets (CC0 1.0; Data Collection AB, Joel Palmius, Jonas Hauquier) and the "
    "Face Units pack by Mika Suominen (CC0 1.0)."
)


def came(customers: pd.DataFrame, stays: pd.DataFrame) -> str:
    """Return how many people came how often, how many of them came back, and how many were not recognised.

    >>> customers = pd.DataFrame({"visits": [2, 1]})
    >>> came(customers, pd.DataFrame({"customer_id": ["C0001", "C0002", "C0001"]}))
    '2 people came in 3 times; 1 of them came back.'
    """
    unknown = int(stays["customer_id"].isna().sum())
    if customers.empty:
        return NOBODY if not unknown else f"{words.plural(unknown, 'visit')}, nobody recognised."
    back = int((customers["visits"] > 1).sum())
    times = int(customers["visits"].sum())
    people = words.plural(len(customers), "person", "people")
    text = f"{people} came in {words.plural(times, 'time')}; {back or 'none'} of them came back"
    return f"{text}; {words.plural(unknown, 'more visit')} not recognised." if unknown else f"{text}."


def told(customers: pd.DataFrame, stays: pd.DataFrame, seconds: int) -> str:
    """Return the same for readers who do not see that the footage is rendered.

    >>> told(pd.DataFrame({"visits": [1]}), pd.DataFrame({"customer_id": ["C0001"]}), 60)
    'Rendered footage of 60 seconds: 1 person came in 1 time; none of them came back.'
    """
    return f"Rendered footage of {words.plural(seconds, 'second')}: {came(customers, stays)}"


def measured(customers: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of the footage as a table of metrics.

    Columns metric, label, unit, value, before, change_share, better, definition.
    """
    rows = [
        ("footage_people", "People in the footage", "people", len(customers), "people told apart by their faces"),
        ("footage_visits", "Visits in the footage", "visits", len(stays),
         "stays, recognised or not; a person out of sight for longer than the setting has come again"),
        ("footage_came_back", "Came back", "people", int((customers["visits"] > 1).sum()),
         "people with more than one stay in the footage"),
        ("footage_not_recognised", "Visits not recognised", "visits", int(stays["customer_id"].isna().sum()),
         "stays of somebody too far away, too blurred or too much turned away to tell"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")


def scored(scores: pd.DataFrame, shop: Shop) -> str:
    """Return what the scores say: people and visits recognised, and the B-cubed F1."""
    by = scores.set_index("measure")
    people, visits = by.loc["People recognised"], by.loc["Visits recognised"]
    if not people["of"]:
        return "Nobody came in, so there is nothing to score."
    f1 = float(scores.loc[scores["measure"] == "Both together", "share"].iloc[0])
    grouping = (
        "no face was recognised"
        if pd.isna(f1)
        else f"faces are grouped with a B-cubed F1 of {words.share(f1, shop.language)}"
    )
    return (
        f"{people['found']} of {words.plural(int(people['of']), 'person', 'people')} and "
        f"{visits['found']} of {words.plural(int(visits['of']), 'visit')} were recognised; {grouping}."
    )


def gate_table(gate: pd.DataFrame) -> pd.DataFrame:
    """Return how many faces were good enough to recognise and how many were not, as a reader sees it."""
    return gate.rename(columns={"reason": "Face", "faces": "Faces", "share": "Share"})


def score_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores as a reader sees them."""
    return scores.rename(columns=lambda name: str(name).capitalize())
