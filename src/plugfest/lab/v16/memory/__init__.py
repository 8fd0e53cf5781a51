"""The memory states of the OCPP 1.6 test cases: what the station has to have stored before a case begins."""
