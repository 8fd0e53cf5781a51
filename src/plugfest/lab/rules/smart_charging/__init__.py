"""Rules about charging profiles and composite schedules, for every OCPP version."""
