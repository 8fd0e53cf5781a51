"""Power cycles of a station, lifecycle hooks, activity and clock."""
