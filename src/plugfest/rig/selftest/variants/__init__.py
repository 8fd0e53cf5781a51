"""Variants: conforming stations that use a freedom of the specification. The lab must not accuse them."""
