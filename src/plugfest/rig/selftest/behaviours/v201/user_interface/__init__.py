"""Wrong stations of the Advanced User Interface."""
