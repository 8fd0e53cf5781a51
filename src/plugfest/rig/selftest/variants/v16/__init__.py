"""Variants of OCPP 1.6 stations."""
