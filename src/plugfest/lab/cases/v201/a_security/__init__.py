"""A Security."""
