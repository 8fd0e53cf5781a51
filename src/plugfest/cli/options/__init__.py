"""Options of the command line that several commands share, and the files that they name."""
