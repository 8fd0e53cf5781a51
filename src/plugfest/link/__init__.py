"""Connections between a charging station and a CSMS: TCP, TLS, WebSocket and OCPP-J."""
