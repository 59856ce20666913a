"""Impact assessment and record of processing, filled from the settings; a change of one reopens the assessment."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from shoplib.base import digest, words
from shoplib.errors import ConfigError, StoreError
from shoplib.privacy import flow, notices, schedule, sheets
from shoplib.privacy.sheets import Words
from shoplib.store import files

if TYPE_CHECKING:
    from shoplib.config.models import Scenario

FILE, NONE = "accepted.json", "–"
OPEN = 3
"""Exit code of an assessment that nobody has accepted for the settings in force."""
LEFT_OUT = frozenset({"cameras.chunk_s", "cameras.staff.keys", "cameras.footage.clips"})
"""Settings that change from day to day and change nothing for the people who are seen."""


class Change(NamedTuple):
    """One setting that is not as it was accepted."""

    setting: str
    before: str
    now: str


class Standing(NamedTuple):
    """Whether the assessment holds."""

    accepted: bool
    sentence: str
    changes: list[Change]


def settings(scenario: Scenario) -> dict[str, str]:
    """Return what the assessment speaks of, setting by setting, as text; the clips count by their cameras alone."""
    cameras = notices.ready(scenario)
    told = {"shop": scenario.shop.model_dump(mode="json"), "privacy": scenario.privacy.model_dump(mode="json"),
            "cameras": cameras.model_dump(mode="json")}  # fmt: skip
    if cameras.footage.kind == "recorded":
        told["cameras"]["footage"]["cameras"] = sorted({clip.camera for clip in cameras.footage.clips})
    return {name: text for name, text in sorted(_flat("", told)) if name not in LEFT_OUT}


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict) and name not in LEFT_OUT:
        return [pair for key, below in value.items() for pair in _flat(f"{name}.{key}".strip("."), below)]
    if value in ("", None):
        return [(name, NONE)]
    return [(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))]


def accept(scenario: Scenario, folder: Path, by: str, now: dt.datetime) -> None:
    """Write down in the folder's ``accepted.json`` who signs for the settings in force; what was there stays."""
    who = " ".join(by.split())
    if not 3 <= len(who) <= 100 or not who.isprintable():
        raise ConfigError("An assessment is accepted by a person", where="--accept", found=repr(by[:40]),
                          wanted="name and role, such as  --accept 'Mira Sand, owner'")  # fmt: skip
    told = settings(scenario)
    day = f"{now.astimezone(dt.UTC):%Y-%m-%d}"
    line = {"by": who, "on": day, "digest": digest.of_value(told), "settings": told}
    files.write_json(folder / FILE, [*_accepted(folder), line])


def standing(scenario: Scenario, folder: Path) -> Standing:
    """Return whether somebody accepted exactly these settings last, and what changed since."""
    told, before = settings(scenario), _accepted(folder)
    if not before:
        return Standing(False, _texts()["open_never"], [])
    last = before[-1]
    names = sorted(told.keys() | last["settings"].keys())
    pairs = [Change(name, last["settings"].get(name, NONE), told.get(name, NONE)) for name in names]
    changes = [change for change in pairs if change.before != change.now]
    text = _texts()["open_changed" if changes else "accepted"]
    told_changes = f"{words.plural(len(changes), 'setting')} changed"
    return Standing(not changes, text.format(by=last["by"], on=last["on"], changes=told_changes), changes)


def _accepted(folder: Path) -> list[dict[str, Any]]:
    """Return what was accepted, oldest first; ``StoreError`` if the record is not as it was written."""
    path = folder / FILE
    if not path.is_file():
        return []
    read: Any = files.read_json(path)
    try:
        whole = all(digest.of_value(line["settings"]) == line["digest"] and line["by"] and line["on"] for line in read)
    except (TypeError, KeyError):
        whole = False
    if not whole or not isinstance(read, list):
        raise StoreError(
            "The record of what was accepted is not as it was written", where=str(path),
            found="settings that do not belong to their digest", wanted="the file as  --accept  wrote it",
            next_step="put it back from a copy, or take it away and accept anew",
        )  # fmt: skip
    return read


def written(scenario: Scenario, folder: Path) -> dict[str, str]:
    """Return the assessment and the record of processing, by the names of their files."""
    return {"assessment.html": assessment(scenario, folder), "processing.html": record(scenario)}


def assessment(scenario: Scenario, folder: Path) -> str:
    """Return the filled assessment: standing, what changed, description, need, risks, decision (GDPR Art. 35(7))."""
    texts, english, cameras = _texts(), Words("en"), notices.ready(scenario)
    mode, now, before = scenario.privacy.mode, standing(scenario, folder), _accepted(folder)
    title = texts["title_count" if mode == "count" else "title"]
    shown = sheets.table((texts["setting"], texts["before"], texts["now"]), now.changes)
    changed = [sheets.part(texts["change_head"], shown)] if now.changes else []
    old = [(line["on"], line["by"], line["digest"][:12]) for line in before]
    told, names = settings(scenario), {change.setting for change in now.changes}
    marked = frozenset(number for number, name in enumerate(told) if name in names)
    body = [
        sheets.para(texts["about"]),
        sheets.part(texts["standing_head"], sheets.para(now.sentence, "never" if now.accepted else "stop")),
        *changed,
        sheets.part(texts["what_head"], sheets.pairs(_filled(scenario, texts["what"]))),
        sheets.part(texts["flow_head"], flow.picture(cameras, scenario.privacy, english)),
        sheets.part(texts["kept_head"], schedule.listed(scenario.privacy, english)),
        sheets.part(texts["need_head"], _asked([] if mode == "count" else texts["need"]) or _asked(texts["need"][2:])),
        sheets.part(texts["risk_head"], sheets.table(texts["risk_columns"], _risks(scenario)), name="risks"),
        sheets.part(
            texts["decide_head"], _asked([texts["consulted"], texts["decision"]]) + sheets.lines(texts["sign"])
        ),
        *([sheets.part(texts["history_head"], sheets.table(texts["history_columns"], old))] if old else []),
        sheets.part(texts["settings_head"], sheets.table((texts["setting"], texts["now"]), told.items(), marked)),
        f"<footer>{texts['digest'].format(digest=digest.of_value(told))}</footer>",
    ]
    return sheets.sheet("en", title, "\n".join(body), above=scenario.shop.name)


def record(scenario: Scenario) -> str:
    """Return the record of processing (GDPR Art. 30)."""
    texts = _texts()
    notices.ready(scenario)
    kept = sheets.part(texts["record_kept"], schedule.listed(scenario.privacy, Words("en")))
    foot = f"<footer>{texts['digest'].format(digest=digest.of_value(settings(scenario)))}</footer>"
    body = [sheets.pairs(_filled(scenario, texts["record"])), kept, foot]
    return sheets.sheet("en", texts["record_title"], "\n".join(body), above=scenario.shop.name)


def _filled(scenario: Scenario, rows: list[list[str]]) -> list[tuple[str, str]]:
    told = _told(scenario)
    return [(name, text.format(**told)) for name, text in rows]


def _risks(scenario: Scenario) -> list[list[str]]:
    """Return the risks that the mode has, each with what the program does and what is left to people."""
    kinds = {"count": ("all",), "session": ("all", "told"), "recognise": ("all", "told", "kept")}
    rows = [row for kind in kinds[scenario.privacy.mode] for row in _texts()["risks"][kind]]
    told = _told(scenario)
    return [[cell.format(**told) for cell in row] for row in rows]


def _told(scenario: Scenario) -> dict[str, str]:
    texts, privacy = _texts(), scenario.privacy
    by_mode = {name: texts[name].get(privacy.mode, "") for name in ("people", "data", "bystanders", "secured")}
    return {
        **by_mode, "shop": scenario.shop.name, "contact": privacy.contact, "purpose": privacy.purpose,
        "legal_basis": privacy.legal_basis, "mode": privacy.mode, "mode_means": texts["modes"][privacy.mode],
        "days": Words("en").days(privacy.embeddings_days or 0),
    }  # fmt: skip


def _asked(questions: list[str]) -> str:
    """Return questions, each with room for an answer by hand."""
    return "".join(f'{sheets.para(question)}<div class="blank"></div>' for question in questions)


@cache
def _texts() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((resources("shoplib.privacy") / "texts" / "assessment.json").read_text("utf-8"))
    return read
