"""Functional block O. Display messages."""
