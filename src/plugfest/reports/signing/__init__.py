"""Signs a report, and verifies a signed one."""
