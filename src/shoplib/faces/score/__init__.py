"""How well footage was read, where the truth is known because the footage was made."""

from shoplib.faces.score.faces import b_cubed, matched
from shoplib.faces.score.pieces import Compared, compared
from shoplib.faces.score.stays import visits_recognised
from shoplib.faces.score.table import COLUMNS, beside, scores

__all__ = ["COLUMNS", "Compared", "b_cubed", "beside", "compared", "matched", "scores", "visits_recognised"]
