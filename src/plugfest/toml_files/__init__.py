"""TOML files of the user: every error in one, each with its line, its key, what is wrong and what is right."""
