"""P Data Transfer."""
