"""The reusable states of the OCPP 1.6 test cases: each brings the station into a state and checks the messages.

A state function first brings the station into the preceding state if necessary, so a case names only the state that it
starts from.
"""
