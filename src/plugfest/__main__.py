"""`python -m plugfest`: the same as the command `plugfest`."""

from plugfest.cli.start import main

if __name__ == "__main__":
    main()
