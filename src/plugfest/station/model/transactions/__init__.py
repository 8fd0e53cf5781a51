"""Transactions: when they start and end, and the events that report them."""
