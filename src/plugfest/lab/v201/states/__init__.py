"""The reusable states of Part 6: each function brings the station there and judges what it says on the way.

A state goes to its predecessor by itself when the station is not there yet, so a case names only the state it starts
from. Which events a state expects follows from TxStartPoint and TxStopPoint (see points.py).
"""
