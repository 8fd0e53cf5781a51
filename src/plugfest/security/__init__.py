"""Keys, certificates and chains: what OCPP's security profiles are made of."""
