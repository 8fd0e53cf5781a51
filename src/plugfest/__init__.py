"""Plugfest: a complete OCPP charging station, and a conformance lab that tests it or any other station."""
