"""What every HTTP server of Plugfest for people and programs has: control of access, and how it is run."""
