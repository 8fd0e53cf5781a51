"""Structs of an OCPP version to the types of the model, and back: what several blocks need."""
