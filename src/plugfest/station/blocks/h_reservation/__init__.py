"""Functional block H. Reservation."""
