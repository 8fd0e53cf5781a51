"""Functional block G. Availability."""
