"""The command line: options, sub-commands and terminal output."""
