"""Hardware that exists only in memory and obeys physics: cables, locks, pilots, meters, and EVs with batteries."""
