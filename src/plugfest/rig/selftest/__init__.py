"""The self-test: wrong stations on the bench, and whether the lab notices."""
