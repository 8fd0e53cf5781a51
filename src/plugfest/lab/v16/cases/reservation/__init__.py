"""Reservation: a connector that waits for one driver."""
