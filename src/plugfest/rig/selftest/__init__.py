"""The self-test: whether the lab detects wrong stations on the bench."""
