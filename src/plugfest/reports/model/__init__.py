"""The report as data, and how it is built from a campaign."""
