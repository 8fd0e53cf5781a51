"""Messages agree with what the operator did and with what the lab requested."""
