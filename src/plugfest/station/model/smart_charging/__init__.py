"""Smart charging: charging profiles, composite schedules and the limits of the EVSEs (1.6, 3.13; K)."""
