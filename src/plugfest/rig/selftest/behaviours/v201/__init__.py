"""Wrong stations of OCPP 2.0.1, by functional block."""
