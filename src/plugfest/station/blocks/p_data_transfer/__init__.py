"""Functional block P. Data transfer."""
