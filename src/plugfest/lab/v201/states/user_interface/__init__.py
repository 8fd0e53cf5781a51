"""What the display shows: display messages, tariff and cost."""
