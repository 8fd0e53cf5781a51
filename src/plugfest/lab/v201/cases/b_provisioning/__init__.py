"""B Provisioning."""
