"""Stays: coming, going, together or alone, staff, opening and closing."""
