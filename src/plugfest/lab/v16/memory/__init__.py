"""The memory states of the OCPP 1.6 test cases: data that the station has stored before a case."""
