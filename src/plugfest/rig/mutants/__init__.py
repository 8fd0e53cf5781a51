"""Wrong stations: our own with one precise defect, to see whether the lab notices."""
