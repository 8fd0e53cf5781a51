"""OCPP 1.6 with the security whitepaper: data types and messages."""
