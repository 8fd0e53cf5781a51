"""What the commands do. A module of a command is imported when it is called."""
