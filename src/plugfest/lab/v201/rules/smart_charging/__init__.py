"""Rules about charging profiles: those that are installed are reported, and limit what the EV draws."""
