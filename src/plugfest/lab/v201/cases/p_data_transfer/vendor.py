"""A vendor that no station knows."""

VENDOR_ID = "org.plugfest.lab"
