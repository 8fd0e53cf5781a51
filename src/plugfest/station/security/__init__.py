"""Passwords, keys and certificates of a station."""
