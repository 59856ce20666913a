"""Other people's tables of daily rows: columns as they are written to days, numbers, flags and one calendar."""
