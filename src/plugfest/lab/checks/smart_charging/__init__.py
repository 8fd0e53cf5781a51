"""Charging profiles as the lab computes with them, in any OCPP version."""
