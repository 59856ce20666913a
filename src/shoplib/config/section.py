"""What all settings share: frozen sections that refuse unknown keys, times of day, shares and names."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _clock(value: object) -> object:
    """Refuse numbers (10 would be ten seconds past midnight), seconds and zones."""
    time = dt.time.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(time, dt.time) or time != time.replace(second=0, microsecond=0, tzinfo=None):
        raise ValueError(f'{value!r} is not a time of day such as "04:00"')
    return time


ClockTime = Annotated[dt.time, BeforeValidator(_clock)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Section(BaseModel):
    """Base of all settings: frozen, no unknown keys, defaults checked too."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)
