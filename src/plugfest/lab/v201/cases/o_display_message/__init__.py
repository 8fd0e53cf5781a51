"""O Display Message."""
