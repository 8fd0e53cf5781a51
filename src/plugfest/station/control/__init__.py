"""The control API of a virtual station: operator actions in Python, and over HTTP."""
