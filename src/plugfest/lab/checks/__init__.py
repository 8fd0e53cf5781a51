"""Checks that cases of more than one OCPP version make."""
