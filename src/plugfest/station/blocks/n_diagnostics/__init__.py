"""Functional block N. Diagnostics: logs and customer information."""
