"""Wrong stations of OCPP 2.0.1 that have an optional certification profile."""
