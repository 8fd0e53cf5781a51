"""Replaces the secrets in a report."""
