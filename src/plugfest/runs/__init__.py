"""Runs: what a campaign has shown so far, in a folder, so that it can be resumed and reported at any time."""
