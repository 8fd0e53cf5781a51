"""G Availability."""
