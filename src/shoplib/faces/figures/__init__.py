"""The figures of the footage. Faces on them are a few colours, or covered."""

from shoplib.faces.figures.days import light_chart, opening_chart
from shoplib.faces.figures.footage import footage_chart
from shoplib.faces.figures.people import camera_chart, people_chart
from shoplib.faces.figures.quality import FOUNDS_PX, JOINS_PX, gate_chart, sharpness_chart, widths_chart
from shoplib.faces.figures.sweep import sweep_chart
from shoplib.faces.figures.traffic import hours_chart, returning_chart
from shoplib.faces.figures.truth import clips_chart, truth_chart
from shoplib.faces.figures.visits import visits_chart, visits_table

__all__ = [
    "FOUNDS_PX",
    "JOINS_PX",
    "camera_chart",
    "clips_chart",
    "footage_chart",
    "gate_chart",
    "hours_chart",
    "light_chart",
    "opening_chart",
    "people_chart",
    "returning_chart",
    "sharpness_chart",
    "sweep_chart",
    "truth_chart",
    "visits_chart",
    "visits_table",
    "widths_chart",
]
