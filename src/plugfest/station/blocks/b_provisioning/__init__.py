"""Functional block B. Provisioning."""
