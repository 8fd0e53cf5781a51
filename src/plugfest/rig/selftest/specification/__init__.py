"""Mutants from the specification: every change of every message of a scenario, whether or not a case checks it."""
