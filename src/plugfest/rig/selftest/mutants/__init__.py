"""Mutants: wrong stations generated from the checks of a case, each with one wrong message."""
