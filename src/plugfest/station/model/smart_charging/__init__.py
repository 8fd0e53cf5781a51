"""Limits over time: what a CSMS wants, what follows from it for each EVSE, and what the EVs may take (1.6, 3.13; K)."""
