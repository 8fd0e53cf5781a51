"""Conversions between the messages of an OCPP version and the types of the model, for several blocks."""
