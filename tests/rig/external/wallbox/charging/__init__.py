"""What happens at the socket, and the transactions that result from it."""
