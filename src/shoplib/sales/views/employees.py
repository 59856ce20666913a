"""Employees: what each takes in an hour, fairly compared, and whether that is more than chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.sales import ranks, skill, summary
from shoplib.sales.metrics import whole_rate
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View
from shoplib.sales.views.locations import whole_rates

Ints = npt.NDArray[np.int64]

TITLE = "Who sells most in the same hours?"
MAIN = (
    "employee_id", "employee_role", "trading_days", "hours", "transactions", "gross_sales_minor",
    "average_transaction_minor", "gross_per_hour_minor",
)  # fmt: skip
MORE = ("employee", "location_name", "expected_per_hour_minor", "above_share", "low_share", "high_share", "verdict")
HOURS = Column(
    "hours", "Hours with sales", "count",
    "hours of the clock with a completed sale of the employee; they stand in for hours worked, which are not known",
)  # fmt: skip
PER_HOUR = Column("gross_per_hour_minor", "Takings an hour", "money", "takings of known hours by hour with sales")
COLUMNS = (
    *columns("employee", "employee_role", "location_name", "trading_days"), HOURS,
    *columns("transactions", "gross_sales_minor", "average_transaction_minor"), PER_HOUR,
    Column("expected_per_hour_minor", "Others take an hour", "money",
           "mean takings of the other employees at the same place, weekday and hour of the clock"),
    Column("above_share", "Against the others", "share", "takings against what the others take in the same hours"),
    Column("low_share", "At least", "share", "lower end of its 95% interval"),
    Column("high_share", "At most", "share", "upper end of its 95% interval"),
    Column("verdict", "Apart from the others", "text", "beyond chance, all employees judged together at 5%"),
)  # fmt: skip
ROLE_COLUMNS = (
    *columns("employee_role"), Column("people", "Employees", "count", "employees with a completed sale"),
    *columns("transactions", "gross_sales_minor", "average_transaction_minor"), PER_HOUR,
)  # fmt: skip
CAPTION = (
    "No timesheet is known: hours of the clock with a completed sale stand in for hours worked. Compared are hours in "
    "which others worked at the same place, weekday and hour, so that nobody is judged by a quiet morning."
)
MOST_NAMED = 3


def view(scope: Scope) -> View:
    """Return the report on employees."""
    table, spread = compared(scope)
    hidden = {name for name in ("employee_role", "location_name") if table[name].isna().all()}
    main = Listing(
        "employees", "All employees", table, tuple(c for c in COLUMNS if c.name not in hidden), scope.currency, CAPTION,
        totals=("transactions", "gross_sales_minor"),
    )  # fmt: skip
    roles = Listing(
        "roles", "Roles", by_role(table), ROLE_COLUMNS, scope.currency,
        totals=("people", "transactions", "gross_sales_minor"),
    )  # fmt: skip
    return View("employees", TITLE, tuple(findings(table, spread, scope)), (main, roles))


def compared(scope: Scope) -> tuple[pd.DataFrame, skill.Spread | None]:
    """Return every employee with a completed sale, largest takings first, ties by key; and how far they lie apart.

    Sales without a known employee are left out. Hours and takings an hour are missing where no hour is known,
    ``above_share`` and its interval where nobody can be compared with. ``hour_takings`` are those of known hours.
    """
    sold = scope.shown.sold
    blocks = skill.blocks(sold)
    people = sold["employee_id"].cat.categories
    fair = skill.against_others(blocks, len(people), scope.settings.fewest_sales)
    table = _sums(sold, blocks)
    table["expected_per_hour_minor"] = whole_rates(fair["expected_minor"].fillna(0).round().astype("int64"),
                                                   fair["hours"])  # fmt: skip
    for name, column in (("above_share", "ratio"), ("low_share", "low"), ("high_share", "high")):
        table[name] = fair[column] - 1
    table["verdict"] = fair["verdict"]
    table["location_name"] = _places(sold, scope)
    judged = fair["error"].notna().to_numpy()
    spread = skill.spread(fair, table.loc[judged, "location_name"].nunique())
    table = _named(table[table["transactions"] > 0].reset_index(drop=True), scope)
    table = table.sort_values(["gross_sales_minor", "employee_id"], ascending=[False, True], ignore_index=True)
    return table[[*MAIN, *MORE, "hour_takings"]], spread


def by_role(table: pd.DataFrame) -> pd.DataFrame:
    """Return takings by role, largest first, employees without one in a row of their own; empty if none has one."""
    names = ["employee_role", "people", "transactions", "gross_sales_minor", "average_transaction_minor",
             "gross_per_hour_minor"]  # fmt: skip
    if table["employee_role"].isna().all():
        return pd.DataFrame(columns=names)
    amounts = ["people", "transactions", "gross_sales_minor", "hour_takings", "hours"]
    roles = table.assign(people=1, hours=table["hours"].fillna(0).astype("int64"))
    roles = roles.groupby("employee_role", dropna=False, sort=True)[amounts].sum().reset_index()
    roles = roles.sort_values("gross_sales_minor", ascending=False, kind="stable", ignore_index=True)
    roles["average_transaction_minor"] = whole_rates(roles["gross_sales_minor"], roles["transactions"])
    roles["gross_per_hour_minor"] = whole_rates(roles["hour_takings"], roles["hours"])
    return roles[names]


def _sums(sold: pd.DataFrame, blocks: skill.Blocks) -> pd.DataFrame:
    """Return one row an employee of the categories, by code, with its sums."""
    known = sold["employee_id"].notna().to_numpy()
    people = sold["employee_id"].cat.categories
    number = len(people)
    who = sold["employee_id"].cat.codes.to_numpy(dtype="int64")[known]
    day = sold["day"].to_numpy().astype("datetime64[D]").astype("int64")[known]
    span = int(day.max(initial=0)) + 1
    moments = (blocks.who * span + blocks.day) * skill.HOURS + blocks.hour
    table = pd.DataFrame(
        {
            "employee_id": np.asarray(people, dtype=object),
            "trading_days": np.bincount(pd.unique(who * span + day) // span, minlength=number),
            "hours": np.bincount(pd.unique(moments) // (span * skill.HOURS), minlength=number),
            "transactions": np.bincount(who, minlength=number),
            "gross_sales_minor": _whole(who, sold["total_minor"].to_numpy(dtype="float64")[known], number),
            "hour_takings": _whole(blocks.who, blocks.gross_minor, number),
        }
    )
    table["average_transaction_minor"] = whole_rates(table["gross_sales_minor"], table["transactions"])
    table["gross_per_hour_minor"] = whole_rates(table["hour_takings"], table["hours"])
    table["hours"] = table["hours"].astype("Int64").where(table["hours"] > 0)
    return table


def _whole(codes: npt.NDArray[np.integer], amounts: npt.NDArray[np.float64], number: int) -> Ints:
    """Return sums of whole amounts by code, exact below 2**53."""
    return np.bincount(codes, weights=amounts, minlength=number).astype("int64")


def _places(sold: pd.DataFrame, scope: Scope) -> npt.NDArray[np.object_]:
    """Return the place where each employee of the categories made most sales, the first of equals."""
    people, places = sold["employee_id"].cat, sold["location_id"].cat
    size, where = len(people.categories), len(places.categories)
    if not where:
        return np.full(size, None, dtype=object)
    known = people.codes.to_numpy() >= 0
    at = people.codes.to_numpy(dtype="int64")[known] * where + places.codes.to_numpy(dtype="int64")[known]
    most = np.bincount(at, minlength=size * where).reshape(size, where).argmax(axis=1)
    names = scope.books.locations.drop_duplicates("location_id").set_index("location_id")["location_name"]
    shown = [names.get(place) for place in places.categories]
    shown = [key if pd.isna(name) else name for key, name in zip(places.categories, shown, strict=True)]
    return np.asarray([shown[at] for at in most], dtype=object)


def _named(table: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return the table with the role and the label of each employee; a name only where the settings show names."""
    known = scope.books.employees.astype(object).drop_duplicates("employee_id").set_index("employee_id")
    known = known.reindex(table["employee_id"])
    role, name = (
        [None if pd.isna(text) else text for text in known[column]] for column in ("employee_role", "employee_name")
    )
    keys = table["employee_id"].tolist()
    label = [text or key for text, key in zip(name, keys, strict=True)] if scope.settings.show_names else keys
    return table.assign(
        employee_role=pd.Series(role, table.index, dtype=object), employee=pd.Series(label, table.index, dtype=object)
    )


def findings(table: pd.DataFrame, spread: skill.Spread | None, scope: Scope) -> list[str]:
    """Return what can be said of employees, in sentences; one alone if none is known."""
    if scope.silence:
        return [scope.silence]
    sold = len(scope.shown.sold)
    if table.empty:
        return ["No sale names an employee, so nothing can be said of who sells what."]
    told = (_counted(table, sold, scope), _apart(table, scope), _luck(spread, scope), _left_out(table))
    return [sentence for sentence in told if sentence]


def _counted(table: pd.DataFrame, sold: int, scope: Scope) -> str:
    """Return how many employees made how many sales in how many hours, and how many sales name nobody."""
    named = int(table["transactions"].sum())
    text = f"{words.plural(len(table), 'employee')} made {words.plural(named, 'sale')}"
    nobody = f"{words.share(1 - named / sold, scope.shop.language)} of all sales name nobody" if named < sold else ""
    if table["hours"].isna().all():
        text += f"; {nobody}" if nobody else ""
        return f"{text}. No hour of sale is known, so takings an hour cannot be told."
    hours = int(table["hours"].sum())
    rate = summary.amount(whole_rate(int(table["hour_takings"].sum()), hours), scope.shop, scope.currency)
    told = words.count(hours, scope.shop.language)
    noun = "hour, which stands" if hours == 1 else "hours, which stand"
    text += f", {rate} an hour with sales ({told} {noun} in for hours worked)"
    return f"{text}; {nobody}." if nobody else f"{text}."


def _apart(table: pd.DataFrame, scope: Scope) -> str:
    """Return who is above and below what others take in the same hours, beyond chance."""
    judged = table[table["low_share"].notna()]
    if judged.empty:
        return ""
    against = "what others take at the same place, weekday and hour"
    parts = []
    for verdict, better in ((skill.ABOVE, -1), (skill.BELOW, 1)):
        found = judged[judged["verdict"] == verdict]
        found = found.iloc[np.argsort(better * found["above_share"].to_numpy(), kind="stable")]
        told = [
            f"{summary.name(who)} by {words.share(abs(float(by)), scope.shop.language)}"
            for who, by in zip(found["employee"], found["above_share"], strict=True)
        ]
        if told:
            parts.append(f"{verdict} {words.listed(told, limit=MOST_NAMED)}")
    if not parts:
        return f"Of {words.plural(len(judged), 'employee')} judged, none is apart from {against} beyond chance."
    return f"Against {against}, beyond chance: {'; '.join(parts)}."


def _luck(spread: skill.Spread | None, scope: Scope) -> str:
    """Return how much of the spread between employees is more than luck."""
    if spread is None:
        return ""
    wide = words.share(spread.deviation, scope.shop.language)
    text = f"Luck or skill: the {words.plural(spread.people, 'employee')} judged lie {wide} from the others on average"
    if spread.p >= 1 - ranks.CONFIDENCE:
        return f"{text}, no more than chance alone would make."
    part = words.share(spread.beyond_chance, scope.shop.language, 0)
    return f"{text}; about {part} of that spread is more than chance, the rest is luck."


def _left_out(table: pd.DataFrame) -> str:
    few, alone = ((table["verdict"] == word).sum() for word in (skill.TOO_FEW, skill.ALONE))
    parts = [
        f"{words.plural(int(number), 'employee')} {'has' if number == 1 else 'have'} {why}"
        for number, why in ((few, "too few comparable sales or days to be judged"),
                            (alone, "nobody to be compared with in the same hours"))
        if number
    ]  # fmt: skip
    return f"{'; '.join(parts)}." if parts else ""
