"""Forecasts beside what came: what was said, whether errors or data drifted, and whether a model is due."""
