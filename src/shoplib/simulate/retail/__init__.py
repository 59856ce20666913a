"""Stores with stock, suppliers and orders."""
