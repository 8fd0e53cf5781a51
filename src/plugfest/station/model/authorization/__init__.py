"""Authorization of tokens: rules, Local Authorization List, Authorization Cache, token readers."""
