"""Branches that drop a file a day into an inbox."""
