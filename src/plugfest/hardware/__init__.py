"""Hardware of a station: the ports that hardware drivers implement, their contract, and virtual hardware."""
