"""Formulas in LaTeX, drawn without a script: MathML for screens, SVG for paper."""

from __future__ import annotations

import warnings
from functools import cache

from latex2mathml import exceptions
from latex2mathml.converter import convert

FAULTS: tuple[type[Exception], ...] = tuple(
    kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)
)


def mathml(source: str, *, display: bool) -> str:
    """Return a formula as MathML, ``""`` if its LaTeX is faulty; ``display`` sets it on its own line."""
    try:
        return str(convert(source, display="block" if display else "inline"))
    except FAULTS:
        return ""


@cache
def svg(source: str, size: float, *, display: bool) -> str:
    """Return a formula as an SVG document with letters ``size`` pixels high, ``""`` if its LaTeX is faulty."""
    with warnings.catch_warnings():
        # ziamath 0.13 opens its own font by a call of importlib that is going away; nothing of ours is hidden.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.zmath import Latex
    try:
        return str(Latex(source, size=size, inline=not display).svg())
    except FAULTS:
        return ""
