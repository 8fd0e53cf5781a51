"""Rules about charging profiles of OCPP 1.6."""
