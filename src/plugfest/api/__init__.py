"""The public Python API: what `from plugfest import …` gives. Its names and their meaning are kept."""
