"""Rules for every case about ISO 15118: contracts, the status of certificates, charging needs."""
