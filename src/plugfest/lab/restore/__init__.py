"""Restores the station between two cases."""
