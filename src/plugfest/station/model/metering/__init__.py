"""Meter values: measurands, samples, and when they are taken."""
