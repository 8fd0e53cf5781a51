"""Signs a report, and verifies one."""
