"""Rules for every case of OCPP 2.0.1, besides those of every version."""
