"""What may be done with people's faces: the mode, the reasons it needs, and how long anything is kept."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from shoplib.config.secrets import SecretName
from shoplib.config.section import Section

Mode = Literal["count", "session", "recognise"]
MODES: tuple[Mode, ...] = ("count", "session", "recognise")
SHORTEST = {"purpose": 10, "legal_basis": 5, "notice": 40, "contact": 5}
"""Letters below which a text cannot be meant, by setting; marks and digits count, blanks at the ends do not."""
FEWEST = 4
"""Different letters or digits of a text that is meant."""
TO_WRITE = {
    "purpose": "write what faces are told apart for, as you would tell a customer",
    "legal_basis": "write what allows it under the law of your country, such as explicit consent, with the article",
    "notice": "write what the sign at the door says, in sentences",
    "contact": "write whom people ask to see or erase what is kept of them, and how they reach them",
    "embeddings_days": "write after how many days without a visit the numbers of a face are erased, 1 to 1095",
}
NEEDED = tuple(TO_WRITE)
_MARKS = re.compile(
    r"\b(todo|tbd|tba|fixme|x{3,}|lorem|ipsum|blah|foo|bar|foobar|asdf\w*|qwerty\w*|change ?me|placeholder|dummy)\b"
    r"|\bfill (this |me )?in\b|\b(insert|write|put|enter) [\w ]{0,20}\bhere\b"
    r"|\byour (name|shop|company|business|address|e-?mail|phone|number|purpose|text|reason|notice|contact)\b"
    r"|\b(isi|tulis) (di ?sini|nanti)\b|\bnama (toko|anda)\b|\bbelum (diisi|ada)\b"
    r"|यहाँ लिख|यहां लिख|आपकी दुकान|आपका नाम|बाद में (भर|लिख)"
    r"|\.\.\.|…|_{3,}|-{3,}|\?{2,}|<[^>@]*>|\[[^\]]*\]|\{[^}]*\}"
    r"|\bexample\.(com|org|net)\b|\.(example|invalid|test)\b|\bnobody@|\btest@|\b(0{6,}|123456\d*)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(n/?a|none|null|nil|no|yes|test\w*|text|temp|unknown|later|same|ditto|\W+)\.?", re.IGNORECASE)


class Privacy(Section):
    """What may be done with people's faces."""

    mode: Mode = Field(
        "count",
        description="count: people are counted, nobody is told apart; session: told apart within a day, forgotten "
        "afterwards; recognise: known again, with consent",
    )
    purpose: str = Field("", description="what faces are told apart for")
    legal_basis: str = Field("", description="what allows it, such as explicit consent")
    notice: str = Field("", description="what the sign at the door says")
    contact: str = Field("", description="whom people ask to see or erase what is kept of them")
    embeddings_days: int | None = Field(
        None, ge=1, le=1_095, description="days the numbers that tell faces apart are kept after a person was last seen"
    )
    crops_days: int = Field(7, ge=0, le=365, description="days pictures of faces cut out for a review are kept")
    visits_days: int = Field(400, ge=1, le=3_650, description="days visits are kept")
    key_env: SecretName = Field(
        "SHOPLIB_FACES_KEY",
        description="environment variable with the key of the numbers; unset: a file in the user's own folder",
    )

    def missing(self) -> list[str]:
        """Return the settings that telling real people apart needs and that are not there, or only for show."""
        return [name for name, _ in self.lacking()]

    def lacking(self) -> list[tuple[str, str]]:
        """Return each setting of ``missing`` with what is wrong with it and what to write."""
        found = {name: fault(name, getattr(self, name)) for name in NEEDED}
        return [(name, f"{wrong}; {TO_WRITE[name]}") for name, wrong in found.items() if wrong]


def purpose_is_real(text: str) -> bool:
    """Return whether a text can be a purpose: long enough, and no placeholder.

    >>> purpose_is_real("Count how many visitors come back"), purpose_is_real("TODO: ask the boss")
    (True, False)
    """
    return not fault("purpose", text)


def fault(name: str, value: str | int | None) -> str:
    """Return why a value of a needed setting does not count, ``""`` if it does; texts may be in any language.

    >>> fault("contact", "owner@example.com")
    "holds a placeholder, 'example.com'"
    """
    if not isinstance(value, str):
        return "is not set" if value is None else ""
    text = " ".join(value.split())
    if not text:
        return "is not set"
    if mark := _MARKS.search(text):
        return f"holds a placeholder, {mark.group()!r}"
    if _ALONE.fullmatch(text) or _said_back(name, text) or len(set(text.casefold().split())) * 3 <= len(text.split()):
        return f"is a placeholder, {text[:40]!r}"
    letters = [mark for mark in text.casefold() if mark.isalnum()]
    if len(text) < SHORTEST[name] or 2 * len(letters) < SHORTEST[name] or len(set(letters)) < FEWEST:
        return f"is too short to be meant, {text[:40]!r}"
    return ""


def _said_back(name: str, text: str) -> bool:
    """Return whether a text is the setting's own name, meaning or the advice of its error."""
    told = {name, name.replace("_", " "), f"the {name.replace('_', ' ')}", TO_WRITE[name],
            TO_WRITE[name].removeprefix("write "), str(Privacy.model_fields[name].description)}  # fmt: skip
    return text.casefold().rstrip(".") in {words.casefold() for words in told}
