"""How a station reaches its CSMS: connecting, registering, sending, answering."""
