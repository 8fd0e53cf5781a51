"""The control API of a station: commands, and HTTP around them."""
