"""The sub-commands of `plugfest`, one module each."""
