"""The reusable states with an EV that communicates by ISO 15118."""
