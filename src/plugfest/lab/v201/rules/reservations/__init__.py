"""Reservations in OCPP 2.0.1: kept for their drivers, used by them, and reported when they end."""
