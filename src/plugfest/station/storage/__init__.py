"""What a station remembers across power cycles."""
