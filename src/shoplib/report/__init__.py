"""Floor 4: from executed notebooks to a page, a paper and a folder a person can open."""
