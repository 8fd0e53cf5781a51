"""M Certificate Management."""
