"""Boosted regression trees over all series at once: direct (our own rows) and recursive (mlforecast)."""
