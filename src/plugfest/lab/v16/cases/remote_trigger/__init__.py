"""Remote Trigger."""
