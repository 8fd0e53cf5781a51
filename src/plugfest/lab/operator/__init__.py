"""The operator as a case sees it, and what was done at the station."""
