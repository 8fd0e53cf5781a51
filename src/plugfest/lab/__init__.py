"""The conformance lab: it knows OCPP, the PICS and an operator's hands, and nothing else of the station it tests."""
