"""The part of the lab for OCPP 1.6 with the security whitepaper."""
