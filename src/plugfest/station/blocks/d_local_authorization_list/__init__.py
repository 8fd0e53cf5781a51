"""Functional block D. Local authorization list."""
