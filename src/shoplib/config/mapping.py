"""What the columns of somebody else's file mean: one mapping file in ``params/mappings/`` a kind of file."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shoplib.base import words

Target = Literal[
    "transaction", "line", "item", "location", "employee", "product", "customer", "price", "promotion", "supplier",
    "supplier_product", "purchase_order", "purchase_order_line", "movement", "count", "visit",
]  # fmt: skip

FIELDS: dict[str, tuple[str, ...]] = {
    "transaction": (
        "transaction_id", "transaction_number", "timestamp", "location_id", "location_name", "location_type",
        "city", "device_id", "employee_id", "employee_name", "employee_role", "customer_id", "num_items",
        "product_id", "product_name", "product_category", "quantity", "unit_price", "subtotal",
        "discount_total", "tax_total", "tip_amount", "total_amount", "payment_method", "payment_status",
        "transaction_status", "refund_of", "card_last_four", "authorization_code", "currency",
    ),
    "line": (
        "transaction_id", "transaction_number", "timestamp", "location_id", "location_name", "location_type",
        "city", "device_id", "employee_id", "employee_name", "employee_role", "customer_id",
        "product_id", "product_name", "product_category", "quantity", "unit_price", "line_total",
        "payment_method", "payment_status", "transaction_status", "currency",
    ),
    "item": (
        "transaction_id", "line_number", "product_id", "product_name", "product_category", "quantity",
        "unit_price", "line_total",
    ),
    "location": (
        "location_id", "location_name", "location_type", "city", "timezone", "day_start", "opens", "closes",
    ),
    "employee": ("employee_id", "employee_name", "employee_role", "location_id"),
    "product": ("product_id", "product_name", "product_category", "unit_price", "unit_cost"),
    "customer": ("customer_id", "customer_name", "joined", "location_id"),
    "price": ("product_id", "valid_from", "unit_price", "unit_cost"),
    "promotion": (
        "promotion_id", "product_id", "promotion_name", "location_id", "starts", "ends", "discount_share",
    ),
    "supplier": ("supplier_id", "supplier_name", "city", "stated_lead_days", "review_days", "minimum_order"),
    "supplier_product": ("supplier_id", "product_id", "preference", "unit_cost", "pack_units"),
    "purchase_order": (
        "order_id", "supplier_id", "location_id", "ordered_on", "promised_on", "received_on", "order_status",
    ),
    "purchase_order_line": ("order_id", "product_id", "ordered_units", "received_units", "unit_cost"),
    "movement": ("movement_id", "timestamp", "location_id", "product_id", "movement", "quantity", "reference"),
    "count": ("location_id", "product_id", "counted_on", "counted_units", "book_units"),
    "visit": ("visit_id", "location_id", "customer_id", "entered", "left", "group_id"),
}  # fmt: skip

REQUIRED: dict[str, tuple[str, ...]] = {
    "transaction": ("timestamp", "total_amount"),
    "line": ("timestamp", "product_id"),
    "item": ("transaction_id", "product_id", "quantity"),
    "location": ("location_id", "location_name"),
    "employee": ("employee_id",),
    "product": ("product_id", "product_name"),
    "customer": ("customer_id",),
    "price": ("product_id", "valid_from"),
    "promotion": ("promotion_id", "product_id", "starts", "ends"),
    "supplier": ("supplier_id", "supplier_name"),
    "supplier_product": ("supplier_id", "product_id", "preference", "pack_units"),
    "purchase_order": ("order_id", "supplier_id", "ordered_on", "order_status"),
    "purchase_order_line": ("order_id", "product_id", "ordered_units", "received_units"),
    "movement": ("movement_id", "timestamp", "product_id", "movement", "quantity"),
    "count": ("product_id", "counted_on", "counted_units"),
    "visit": ("visit_id", "entered"),
}

WITH_ATTRIBUTES = ("line", "item")

AMOUNTS = frozenset(
    {
        "subtotal",
        "discount_total",
        "tax_total",
        "tip_amount",
        "total_amount",
        "unit_price",
        "unit_cost",
        "line_total",
        "minimum_order",
    }
)


class Misfits(ValueError):
    """Several faults of one mapping, each with the path of the key at fault."""

    def __init__(self, problems: list[tuple[tuple[str, ...], str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(text for _, text in problems))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileFormat(_Part):
    """How the file is written. A workbook has sheets, JSON records; delimiter and encoding are of text files."""

    delimiter: str = Field(
        ",", min_length=1, max_length=1, description="mark between columns; a tab is \\t, a blank stands for any blanks"
    )
    encoding: str = Field("utf-8", description="text encoding; utf-8-sig drops a byte-order mark")
    decimal: Literal[".", ","] = Field(".", description="decimal mark of numbers")
    thousands: Literal["", ",", ".", " ", "'"] = Field("", description="thousands mark of numbers, if any")
    header: bool = Field(True, description="whether the first row names the columns")
    names: tuple[str, ...] = Field((), description="column names of a file without a header")
    skip_lines: int = Field(0, ge=0, le=1_000, description="lines above the header: a title, the day of the export")
    sheet: str = Field("", description="sheet of a workbook; the first one if left out")
    records: str = Field("", description="where the list of records stands in a JSON file, such as data.orders")

    @field_validator("delimiter", mode="before")
    @classmethod
    def _tab(cls, mark: object) -> object:
        return "\t" if mark == "\\t" else mark

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
        except LookupError as error:
            raise ValueError(f"{encoding!r} is no encoding Python knows, such as utf-8 or cp1252") from error
        return encoding

    @model_validator(mode="after")
    def _possible(self) -> FileFormat:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands mark are both {self.decimal!r}")
        if not self.header and not self.names:
            raise ValueError("header is false, so names must list the columns")
        return self


class Field_(_Part):
    """Where one field of ours comes from: source columns, and how to read them."""

    columns: tuple[str, ...] = Field(min_length=1, description="source columns, joined by a blank if several")
    format: str = Field("", description="strptime format of dates and times, such as %d/%m/%Y %H:%M")
    words: dict[str, str] = Field(default_factory=dict, description="their word → our word, letter case ignored")
    default: str | None = Field(None, description="used where the cell is empty")


class Mapping(_Part):
    """One kind of file: its format, what a row is, and which column is which of our fields.

    In YAML a field may be written short: ``quantity: Qty`` for one column, ``timestamp: [Date, Time]``
    for several, or in full with ``columns``, ``format``, ``words`` and ``default``.
    """

    name: str = Field("", description="filled with the file's own name")
    description: str = Field("", description="whose export this is")
    rows: Target = Field(description="what one row of the file is")
    file: FileFormat = Field(default_factory=FileFormat, description="how the file is written")
    fields: dict[str, Field_] = Field(description="our field → their columns")
    constants: dict[str, str] = Field(default_factory=dict, description="our field → one value for all rows")
    attributes: dict[str, str] = Field(
        default_factory=dict, description="trait of what was sold, such as colour → source column; for lines and items"
    )
    key: tuple[str, ...] = Field((), description="source columns that make a row the same row; all columns if left out")
    skip: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="source column → values whose rows are no sales (footers, NONE)"
    )
    equal_lines: Literal["pieces", "repeats"] = Field(
        "pieces",
        description="lines of one sale in one file that are equal in every column, where no key tells them apart: "
        "pieces of their own, such as two of the same pizza, or one line said twice",
    )
    extra: Literal["keep", "drop"] = Field("keep", description="columns that nothing above names: kept as JSON, or not")
    ignore: tuple[str, ...] = Field((), description="source columns that are not kept, such as names of customers")

    @field_validator("fields", mode="before")
    @classmethod
    def _short_forms(cls, fields: object) -> object:
        if not isinstance(fields, dict):
            return fields
        return {name: cls._long(value) for name, value in fields.items()}

    @staticmethod
    def _long(value: object) -> object:
        if isinstance(value, str):
            return {"columns": (value,)}
        if isinstance(value, list):
            return {"columns": tuple(value)}
        if isinstance(value, dict) and isinstance(value.get("columns"), str):
            return {**value, "columns": (value["columns"],)}
        return value

    @model_validator(mode="after")
    def _known_fields(self) -> Mapping:
        allowed = FIELDS[self.rows]
        given = {*self.fields, *self.constants}
        problems: list[tuple[tuple[str, ...], str]] = []
        for part, names in (("fields", self.fields), ("constants", self.constants)):
            for name in sorted(set(names) - set(allowed)):
                near = words.nearest(name, allowed)
                meant = f'did you mean "{near}"?' if near else f"it has {', '.join(allowed)}"
                problems.append(((part, name), f"rows: {self.rows} has no such field; {meant}"))
        needed = [name for name in REQUIRED[self.rows] if name not in given]
        problems += [(("fields",), f'rows: {self.rows} needs the field "{n}" here or under constants') for n in needed]
        if self.attributes and self.rows not in WITH_ATTRIBUTES:
            problems.append((("attributes",), f"only rows: {' and rows: '.join(WITH_ATTRIBUTES)} have attributes"))
        twice = sorted(set(self.fields) & set(self.constants))
        problems += [(("constants", name), "stands under fields too; keep one") for name in twice]
        if self.rows == "line" and not {"line_total", "unit_price"} & given:
            problems.append(
                (("fields",), "rows: line needs line_total, or unit_price (× quantity, 1 if there is none)")
            )
        if problems:
            raise Misfits(problems)
        return self
