"""Functional block L. Firmware Management."""
