"""The report of a campaign: as data, as a JSON file and as a page for people."""
