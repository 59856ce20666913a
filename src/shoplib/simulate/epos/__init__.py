"""A chain of bars, pubs and restaurants."""
