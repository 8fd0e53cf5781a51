"""What the lab has for ISO 15118: the PKIs, and the EV that the operator has to bring."""
