"""Authorization of tokens: rules, local list, cache, readers."""
