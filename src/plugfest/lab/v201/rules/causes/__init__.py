"""Every transaction event, and every end of a transaction, has a cause."""
