"""Keys, certificates and chains for the security profiles of OCPP."""
