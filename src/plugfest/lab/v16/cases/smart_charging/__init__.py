"""Smart Charging."""
