"""Rules about monitors and their events (N02 to N08): a monitor fires when it must, and only then."""
