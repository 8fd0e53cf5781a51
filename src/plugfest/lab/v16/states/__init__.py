"""The reusable states of the OCPP 1.6 test cases: each brings the station there and judges what it says on the way.

A state goes to its predecessor by itself when the station is not there yet, so a case names only the state it starts
from.
"""
