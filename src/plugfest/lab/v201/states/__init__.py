"""The reusable states of Part 6: each function brings the station into a state and checks the messages on the way.

A state function first brings the station into the preceding state if necessary, so a case names only the state that it
starts from. Which transaction events a state expects follows from TxStartPoint and TxStopPoint (`transaction_event`).
"""
