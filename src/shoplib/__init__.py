"""Shop analytics: tested functions behind the workbook's notebooks.

Floors, lowest first: ``errors`` · ``base`` · ``contracts`` and ``config`` · ``store`` · ``viz`` ·
the domains (``simulate``, ``ingest``, ``sales``) · ``report`` · ``pipeline`` · ``notebook`` and ``cli``.
A module imports from floors below its own, never sideways between domains; ``docs/map.md`` names
every room.
"""

__version__ = "0.1.0"
