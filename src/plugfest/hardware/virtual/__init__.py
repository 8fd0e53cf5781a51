"""Virtual hardware in memory, with a physical model: cables, locks, control pilots, meters, EVs with batteries."""
