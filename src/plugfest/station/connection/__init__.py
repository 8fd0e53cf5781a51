"""The connection to the CSMS: connecting, registering, sending and answering messages."""
