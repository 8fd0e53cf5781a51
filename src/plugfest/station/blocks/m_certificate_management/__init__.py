"""Functional block M. Certificate management.

`root_certificates` holds the logic. `v16` and `v201` only convert messages: the types are generated per version, and
only 2.0.1 lists several uses at once and gives reasons for a rejection.
"""
