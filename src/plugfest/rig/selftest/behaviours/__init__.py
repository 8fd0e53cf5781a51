"""Wrong stations written by hand from the requirements, each with one defect of its behaviour."""
