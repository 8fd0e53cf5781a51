"""Smart Charging: profiles that a CSMS installs, and what follows from them."""
