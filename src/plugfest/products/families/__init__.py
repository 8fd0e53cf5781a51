"""Product families: a representative, which a laboratory would test, and members, which the vendor tests."""
