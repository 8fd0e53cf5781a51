"""L Firmware Management."""
