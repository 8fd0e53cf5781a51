"""OCPP 2.0.1: data types and messages."""
