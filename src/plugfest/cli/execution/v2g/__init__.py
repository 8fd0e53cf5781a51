"""`plugfest v2g`: certificates of ISO 15118."""
