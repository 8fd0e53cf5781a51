"""Functional block C. Authorization."""
