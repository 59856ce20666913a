"""Footage of rendered people in a drawn shop, with the truth about who came and where each face is."""
