"""The values of options that commands share, and the files that they name."""
