"""Functional block L. Firmware management."""
