"""Variants of OCPP 2.0.1 stations."""
