"""Functional block P. Data transfer: the station has no agreement with any vendor, but sends what an operator enters.

The modules differ only in the types of their OCPP version. Each version has its own module, as in every block.
"""
