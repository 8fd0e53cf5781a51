"""Connectors: availability and status."""
