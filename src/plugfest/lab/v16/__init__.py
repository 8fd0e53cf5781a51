"""What the lab needs to speak OCPP 1.6 with the security whitepaper."""
