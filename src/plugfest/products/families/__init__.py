"""Product families: a representative product, tested by a laboratory, and members, tested by the vendor."""
