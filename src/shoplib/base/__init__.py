"""Floor 0: calendar, money, seeds, digests and words. No files, no shop vocabulary."""
