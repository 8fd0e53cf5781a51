"""I Tariff and Cost."""
