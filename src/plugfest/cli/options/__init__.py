"""Options that commands share, and the files that they name."""
