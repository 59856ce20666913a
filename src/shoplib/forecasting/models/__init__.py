"""Forecasting models, all behind one interface (:mod:`shoplib.forecasting.models.interface`)."""
