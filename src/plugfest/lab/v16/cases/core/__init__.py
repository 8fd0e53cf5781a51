"""The cases of the Core profile."""
