"""What is recorded of a campaign: frames, exchanges, response times."""
