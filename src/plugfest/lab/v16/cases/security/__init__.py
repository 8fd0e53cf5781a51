"""Security, by the security whitepaper: Advanced Security, and what Core takes from it."""
