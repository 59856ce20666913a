"""The figures of the forecast."""

from __future__ import annotations

from shoplib.forecasting.figures.ahead import outlook_chart
from shoplib.forecasting.figures.past import demand_chart, record_chart

__all__ = ["demand_chart", "outlook_chart", "record_chart"]
