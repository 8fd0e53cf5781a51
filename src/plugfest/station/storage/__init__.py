"""What a station stores across power cycles."""
