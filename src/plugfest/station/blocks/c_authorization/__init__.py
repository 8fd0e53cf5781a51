"""Functional block C. Authorization.

`v16` and `v201` have the same structure but other message types; what they share is in `station.model.authorization`.
"""
