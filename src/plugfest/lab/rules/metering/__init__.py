"""Rules about meter values that both versions share."""
