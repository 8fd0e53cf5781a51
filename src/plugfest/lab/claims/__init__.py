"""The claims of a PICS, compared with what the station itself reports."""
