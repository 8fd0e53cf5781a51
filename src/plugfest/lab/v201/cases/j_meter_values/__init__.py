"""J Meter Values."""
