"""The operators that a campaign can have: a person at a prompt, a test fixture, a virtual station."""
