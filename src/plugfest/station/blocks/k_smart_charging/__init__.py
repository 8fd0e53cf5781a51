"""Functional block K. Smart charging."""
