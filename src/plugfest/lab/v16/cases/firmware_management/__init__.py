"""Firmware management: new firmware, and diagnostics."""
