"""The boundary to copper: ports that a driver implements, and virtual hardware that behaves like the real thing."""
