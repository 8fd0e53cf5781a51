"""The CSMS of the lab: it answers as the running case requires, and keeps the station's requests in an inbox."""
