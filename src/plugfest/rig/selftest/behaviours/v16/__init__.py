"""Wrong stations of OCPP 1.6, whose blocks and requirements are not those of 2.0.1."""
