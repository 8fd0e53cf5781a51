"""The secrets in OCPP messages."""
