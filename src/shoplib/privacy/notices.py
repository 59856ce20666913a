"""The sheet for the door and the consent form, in three languages, filled from the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoplib.base import digest
from shoplib.config.cameras import Cameras
from shoplib.config.privacy import fault
from shoplib.errors import ConfigError
from shoplib.privacy import flow, schedule, sheets
from shoplib.privacy.sheets import LANGUAGES, Words

if TYPE_CHECKING:
    from shoplib.config.models import Scenario

RIGHTS = ("rights_see", "rights_correct", "rights_erase")
NEVER = {"count": "never_count", "session": "never_session", "recognise": "never"}
TITLES = {"count": "count_title", "session": "session_title", "recognise": "recognise_title"}
UNNAMED = "The shop"
"""The name a scenario has when nobody gave it one."""


def ready(scenario: Scenario) -> Cameras:
    """Return the cameras of a scenario whose sheets can be filled; ``ConfigError`` names all that they lack."""
    lacking = [f"privacy.{name} {why}" for name, why in scenario.privacy.lacking()]
    if scenario.privacy.mode == "count":
        lacking = [line for line in lacking if not line.startswith("privacy.embeddings_days")]
    if scenario.shop.name == UNNAMED or fault("contact", scenario.shop.name).startswith("holds"):
        lacking.append("shop.name is not set; write the name people know the shop by")
    if scenario.cameras is None:
        lacking.append("cameras is not set; without cameras there is nothing to tell people of")
    if lacking or scenario.cameras is None:
        raise ConfigError(
            "The sheets cannot be filled from this scenario", where=scenario.name, details=lacking,
            next_step="write these into the scenario and run the same command again; nothing was written",
        )  # fmt: skip
    return scenario.cameras


def for_consent(scenario: Scenario) -> None:
    """Ensure that people can be asked for consent: the mode knows them again, and what they agree to is written down.

    Raises ``ConfigError`` else. Rendered people are asked nothing, so for them the mode is enough.
    """
    if scenario.privacy.mode != "recognise":
        raise ConfigError(
            "Consent is for people who can be recognised", where=scenario.name,
            found=f"privacy.mode: {scenario.privacy.mode}", wanted="privacy.mode: recognise",
            next_step="in this mode nobody is known again, so nobody is asked; the notice at the door is enough",
        )  # fmt: skip
    if scenario.cameras is None or scenario.cameras.footage.kind == "recorded":
        ready(scenario)


def notice(scenario: Scenario, language: str) -> str:
    """Return the sheet for the door."""
    words, cameras, privacy = Words(language), ready(scenario), scenario.privacy
    rights = [*map(words, RIGHTS), *([words("rights_withdraw")] if privacy.mode == "recognise" else []),
              words("rights_complain")]  # fmt: skip
    free = sheets.part(words("free_head"), sheets.para(words("free"))) if privacy.mode == "recognise" else ""
    body = [
        sheets.para(privacy.notice, "own"),
        sheets.pairs(_facts(scenario, words)),
        '<div class="beside">',
        sheets.part(words("flow_head"), flow.picture(cameras, privacy, words)),
        "<div>",
        free,
        sheets.part(words("rights_head"), sheets.bullets(rights)),
        sheets.para(words(NEVER[privacy.mode]), "never"),
        "</div>\n</div>",
        _foot(scenario, words),
    ]
    return sheets.sheet(language, words(TITLES[privacy.mode]), "\n".join(body), above=scenario.shop.name)


def form(scenario: Scenario, language: str, scope: str = "") -> str:
    """Return the consent form, with room for the scope if none is given; it exists in the mode ``recognise`` alone."""
    ready(scenario)
    for_consent(scenario)
    words = Words(language)
    return sheets.sheet(language, words("form_title"), "\n".join([*_agreement(scenario, words, scope),
                        _foot(scenario, words)]), above=scenario.shop.name)  # fmt: skip


def version(scenario: Scenario) -> str:
    """Return the version of what people agree to: 12 hexadecimal digits of all that the form says in every language.

    A changed purpose, term, contact, notice or wording gives another version, and needs consent anew.
    """
    told = [_agreement(scenario, Words(language), "") for language in LANGUAGES]
    return digest.of_value([told, scenario.privacy.notice])[:12]


def written(scenario: Scenario) -> dict[str, str]:
    """Return every sheet people can be given under the mode in force, by the name of its file."""
    kinds = {"notice": notice, "schedule": schedule.page}
    if scenario.privacy.mode == "recognise":
        kinds["consent"] = form
    return {
        f"{kind}_{language}.html": make(scenario, language) for kind, make in kinds.items() for language in LANGUAGES
    }


def _facts(scenario: Scenario, words: Words) -> list[tuple[str, str]]:
    privacy = scenario.privacy
    return [
        (words("controller"), scenario.shop.name),
        (words("for"), privacy.purpose),
        (words("basis"), privacy.legal_basis),
        (words("contact"), privacy.contact),
    ]


def _agreement(scenario: Scenario, words: Words, scope: str) -> list[str]:
    """Return what a person agrees to, part by part."""
    privacy = scenario.privacy
    days = words.days(privacy.embeddings_days or 0)
    agreed = [
        words("agree_kept", numbers=words("kept_after_mine", days=days)),
        words("agree_match", visits=words.days(privacy.visits_days)),
    ]
    wish = sheets.pairs([(words("agree_scope"), scope)]) if scope else (
        sheets.para(words("agree_scope")) + sheets.lines([""]).replace("lines", "lines wish"))  # fmt: skip
    receipt = [
        sheets.para(words("receipt"), "small"),
        sheets.para(f"{words('receipt_text', shop=scenario.shop.name)} {privacy.contact}"),
    ]
    return [
        sheets.pairs(_facts(scenario, words)),
        sheets.part(words("agree_head"), sheets.bullets(agreed, "agree", boxes=True) + wish),
        sheets.part(words("kept_head"), schedule.listed(privacy, words) + sheets.para(words("never"), "never")),
        sheets.part(words("free_head"), sheets.para(words("free")) + sheets.para(words("child"))),
        sheets.lines([words("name"), words("place_date"), words("signature"), words("key")]),
        sheets.para(words("channel_note"), "small"),
        f'<div class="receipt">{"".join(receipt)}</div>',
    ]


def _foot(scenario: Scenario, words: Words) -> str:
    return f"<footer>{words('version', version=version(scenario))}</footer>"
