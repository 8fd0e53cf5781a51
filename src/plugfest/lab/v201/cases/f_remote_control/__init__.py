"""F Remote Control."""
