"""The part of the lab for OCPP 2.0.1."""
