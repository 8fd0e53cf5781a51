"""The device model: components, their variables, and what may be read, set and reported of them."""
