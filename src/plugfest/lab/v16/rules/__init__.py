"""What OCPP 1.6 demands in every case, beside what every version does."""
