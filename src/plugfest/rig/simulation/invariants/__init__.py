"""What is observed, and the rules that it must keep."""
