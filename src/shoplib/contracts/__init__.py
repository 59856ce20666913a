"""Floor 1: what a table is. One declaration a table; Arrow, pandera and docs are derived from it."""
