"""The memory states of Part 6: what the station has to remember before a case begins."""
