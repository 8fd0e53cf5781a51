"""Options of `plugfest station` alone."""
