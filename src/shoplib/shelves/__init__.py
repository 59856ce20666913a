"""Shelf photos: rows, facings, gaps."""
