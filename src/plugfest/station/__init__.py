"""A complete charging station: its model, its functional blocks, its storage and its connection to the CSMS."""
