"""Security (security whitepaper): Advanced Security, and the cases of it that Core includes."""
