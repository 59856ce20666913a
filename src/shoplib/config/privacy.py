"""What may be done with people's faces: the mode, the reasons it needs, and how long anything is kept."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from shoplib.config.secrets import SecretName
from shoplib.config.section import Section

Mode = Literal["count", "session", "recognise"]
NEEDED = ("purpose", "legal_basis", "notice", "contact", "embeddings_days")
SHORTEST = {"purpose": 10, "legal_basis": 5, "notice": 40, "contact": 5}
PLACEHOLDER = re.compile(
    r"todo|tbd|tba|fixme|xxx+|\.\.\.|…|lorem|ipsum|example\.(com|org|net)|change ?me|placeholder|fill (this )?in|"
    r"<[^>]*>|\[[^\]]*\]|\byour (name|shop|company|address|e-?mail|purpose|text)\b|^(n/?a|none|null|test|-+)$",
    re.IGNORECASE,
)


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
        found = []
        for name in NEEDED:
            value = getattr(self, name)
            if name == "embeddings_days":
                if value is None:
                    found.append(name)
            elif len(value.strip()) < SHORTEST[name] or PLACEHOLDER.search(value.strip()):
                found.append(name)
        return found
