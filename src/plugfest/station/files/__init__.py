"""The files that a station fetches and sends, and the firmware image."""
