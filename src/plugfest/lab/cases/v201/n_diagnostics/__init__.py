"""N Diagnostics."""
