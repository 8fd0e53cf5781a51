"""Vulnerabilities and hashes of the packages that Plugfest is tested with."""
