"""Checks that the cases of both OCPP versions use."""
