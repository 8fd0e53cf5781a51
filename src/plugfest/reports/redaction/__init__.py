"""Removes secrets from a report."""
