"""Connections between charging stations and a CSMS: websockets, TLS, and one peer at each end."""
