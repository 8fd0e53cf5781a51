"""D Local Authorization List."""
