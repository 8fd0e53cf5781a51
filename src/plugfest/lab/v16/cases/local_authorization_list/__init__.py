"""Local Authorization List Management."""
