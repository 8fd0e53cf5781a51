"""C Authorization."""
