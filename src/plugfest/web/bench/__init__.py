"""The section Bench: starts campaigns, shows them while they run, and takes the answers of a person at the station."""
