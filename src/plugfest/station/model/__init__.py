"""The model of a charging station, independent of the OCPP version. The blocks use its objects."""
