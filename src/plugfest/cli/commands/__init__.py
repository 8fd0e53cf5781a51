"""The sub-commands of `plugfest` with their options and help texts; `plugfest.cli.execution` has what they do."""
