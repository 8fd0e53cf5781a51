"""The rig connects a station to the bench of the lab: the only package that imports both."""
