"""H Reservation."""
