"""What the commands print on the terminal."""
