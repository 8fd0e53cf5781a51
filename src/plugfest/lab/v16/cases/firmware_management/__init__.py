"""Firmware Management: firmware updates and diagnostics."""
