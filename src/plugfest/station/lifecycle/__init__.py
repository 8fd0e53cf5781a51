"""Power cycles of a station, its hooks, and its clock."""
