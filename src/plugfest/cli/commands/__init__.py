"""The sub-commands of `plugfest`, a module each."""
