"""Rules about the security messages of OCPP 1.6 (security whitepaper)."""
