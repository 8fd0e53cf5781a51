"""The memory states of Part 6: data that the station has stored before a case."""
