"""Bands around forecasts: from errors that were really made, from counts, or the model's own, whichever holds."""
