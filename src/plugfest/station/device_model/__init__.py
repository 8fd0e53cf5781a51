"""The device model: components and variables, and how they are read, set and reported."""
