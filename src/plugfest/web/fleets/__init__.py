"""The section Fleets: fleets that run or have run, from their folders."""
