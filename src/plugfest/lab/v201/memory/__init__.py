"""The memory states of Part 6: what the station has to have stored before a case begins."""
