"""Stations that are wrong in behaviour, written by hand from the requirements: each with one precise defect."""
