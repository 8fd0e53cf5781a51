"""Scenarios: what people, EVs, faults and the network do at a station. A TOML file; random choices have a seed."""
