"""The cases of OCPP 2.0.1 Part 6 for charging stations."""
