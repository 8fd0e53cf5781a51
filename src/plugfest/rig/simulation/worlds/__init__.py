"""What happens in a world: events as plain data, generated from a seed."""
