"""Functional block J. Meter values."""
