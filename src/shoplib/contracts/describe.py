"""The tables in words: ``docs/tables.md`` is written from the declarations."""

from __future__ import annotations

from shoplib.contracts import tables


def about(name: str) -> str:
    """Return in one line what a table is and what one row of it is; just its name if it is not declared."""
    if name not in tables.names():
        return name
    declaration = tables.declared(name)
    return f"{(declaration.__doc__ or '').splitlines()[0]} One row is {declaration.__grain__}."


def markdown() -> str:
    """Return the page that lists every table, its grain, columns, units and sensitivity."""
    parts = [
        "# Tables",
        "",
        "Written by `shoplib docs` from `src/shoplib/contracts/`; edit the files there, not this one.",
        "",
    ]
    for name in tables.names():
        declaration = tables.declared(name)
        parts += [f"## {name}", "", about(name), ""]
        parts += ["| column | type | meaning | unit or words | |", "| --- | --- | --- | --- | --- |"]
        for column in declaration.__table__.columns:
            marks = ["key"] if column.primary_key else []
            marks += [f"→ {key.target_fullname}" for key in sorted(column.foreign_keys, key=str)]
            marks += ["may be missing"] if column.nullable else []
            marks += [column.info["sensitivity"]] if column.info["sensitivity"] != "open" else []
            unit = column.info["unit"] or ", ".join(column.info["words"])
            kind = type(column.type).__name__
            parts.append(f"| `{column.name}` | {kind} | {column.comment} | {unit} | {'; '.join(marks)} |")
        parts.append("")
    return "\n".join(parts)
