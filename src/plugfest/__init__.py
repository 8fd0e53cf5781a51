"""Plugfest: a complete OCPP charging station, and the conformance lab that tests it or anybody else's."""
