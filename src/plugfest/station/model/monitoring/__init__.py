"""Monitors of variables: what they are, when they are triggered, and how they are stored (N02 to N08)."""
