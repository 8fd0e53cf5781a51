"""Functional block M. Certificate Management."""
