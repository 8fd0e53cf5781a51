"""What OCPP 2.0.1 demands in every case, beside what every version does."""
