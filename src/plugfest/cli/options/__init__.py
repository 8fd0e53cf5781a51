"""Options that commands share, as they are declared: nothing here imports what a command needs when it is called."""
