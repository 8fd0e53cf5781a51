"""K Smart Charging."""
