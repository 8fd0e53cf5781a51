"""Charging sessions and the power path of each EVSE."""
