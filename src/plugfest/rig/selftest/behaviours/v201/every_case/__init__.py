"""Wrong stations that break the rules for every case of OCPP 2.0.1, whatever the case is about."""
