"""Rules for every case of OCPP 1.6, besides those of every version."""
