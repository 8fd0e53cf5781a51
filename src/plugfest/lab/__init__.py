"""The conformance lab. It tests a station only through OCPP, its PICS and the actions of an operator."""
