"""The command line: it asks, and prints what it is told."""
