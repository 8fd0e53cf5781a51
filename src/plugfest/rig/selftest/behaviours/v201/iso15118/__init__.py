"""Wrong stations with ISO 15118: certificates, plug and charge, charging needs."""
