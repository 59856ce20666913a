"""Footage of rendered people in a drawn shop."""
