"""The rig puts a station on the lab's bench: the only place that knows both houses."""
