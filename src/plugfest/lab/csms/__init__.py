"""The lab's own CSMS: it answers as the running case wants, and keeps what the station says until it is asked for."""
