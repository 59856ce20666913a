"""The public page on how long anything is kept, made from the settings that the purge obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shoplib.config.privacy import Privacy
from shoplib.privacy import sheets
from shoplib.privacy.sheets import Words

if TYPE_CHECKING:
    from shoplib.config.models import Scenario


class Kept(NamedTuple):
    """One kind of data: what it is, for how long it is kept, and its days where a clock runs."""

    kind: str
    what: str
    how_long: str
    days: int | None


def kinds(privacy: Privacy, words: Words) -> list[Kept]:
    """Return every kind of data that the mode can make, those that are never kept first."""
    gone = words("kept_once")
    rows = [Kept("frames", words("schedule_frames"), gone, 0)]
    if privacy.mode == "session":
        rows.append(Kept("embeddings", words("flow_numbers"), words("kept_session"), 0))
    if privacy.mode == "recognise":
        days = privacy.embeddings_days or 0
        crops = words("kept_after_made", days=words.days(privacy.crops_days)) if privacy.crops_days else gone
        rows += [
            Kept("crops", words("schedule_crops"), crops, privacy.crops_days),
            Kept("embeddings", words("schedule_numbers"), words("kept_after_seen", days=words.days(days)), days),
            Kept("consents", words("schedule_consents"), words("schedule_consents_time"), None),
        ]
    rows.append(Kept("visits", words("schedule_visits"), words.days(privacy.visits_days), privacy.visits_days))
    return [*rows, Kept("sums", words("schedule_sums"), words("schedule_sums_time"), None)]


def listed(privacy: Privacy, words: Words) -> str:
    """Return the schedule as a table."""
    head = words("kept_of"), words("kept_time")
    return sheets.table(head, [(row.what, row.how_long) for row in kinds(privacy, words)])


def page(scenario: Scenario, language: str) -> str:
    """Return the schedule of a shop as one page in a language of ``sheets.LANGUAGES``."""
    words = Words(language)
    about = [(words("controller"), scenario.shop.name), (words("contact"), scenario.privacy.contact)]
    body = [
        listed(scenario.privacy, words),
        sheets.para(words("schedule_how")),
        sheets.para(words("schedule_recorder")),
        sheets.pairs(about),
    ]
    return sheets.sheet(language, words("schedule_title"), "\n".join(body), above=scenario.shop.name)
