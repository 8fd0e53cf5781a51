"""J Meter values."""
