"""The memory states of the OCPP 1.6 test cases: what the station has to remember before a case begins."""
