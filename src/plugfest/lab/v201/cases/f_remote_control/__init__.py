"""Block F: what the CSMS has a station do."""
