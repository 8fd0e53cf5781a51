"""Functional block F. Remote control."""
