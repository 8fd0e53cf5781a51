"""What the lab needs to speak OCPP 2.0.1."""
