"""The connection to the CSMS, and the answers to its requests."""
