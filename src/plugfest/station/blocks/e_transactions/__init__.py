"""Functional block E. Transactions."""
