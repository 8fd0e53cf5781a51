"""Mutants: stations that break one check that a case declared, generated from the checks."""
