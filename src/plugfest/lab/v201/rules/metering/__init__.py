"""Rules about the meter values of OCPP 2.0.1."""
