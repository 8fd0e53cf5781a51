"""What surrounds the station, in memory: the network, the CSMS, the disk."""
