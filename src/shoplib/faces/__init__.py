"""Visits from cameras: faces found, followed, told apart."""
