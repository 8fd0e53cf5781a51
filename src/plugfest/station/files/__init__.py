"""File transfers and the firmware image."""
