"""Functional block M. Certificate management.

`roots` holds the logic. `v16` and `v201` only convert messages: their types have the same fields but are generated for
each version, and 2.0.1 lists by several uses and gives reasons where 1.6 does not.
"""
