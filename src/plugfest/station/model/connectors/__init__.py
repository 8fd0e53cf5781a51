"""Connectors: operational status and connector status."""
