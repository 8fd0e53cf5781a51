"""The pages of `plugfest serve`: products, the bench, runs and virtual stations in a browser."""
