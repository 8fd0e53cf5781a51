"""A complete charging station: what it remembers, what it does, and how it speaks with its CSMS."""
