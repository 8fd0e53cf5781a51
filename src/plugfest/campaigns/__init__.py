"""A campaign from its request to its report."""
