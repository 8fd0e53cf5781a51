"""E Transactions."""
