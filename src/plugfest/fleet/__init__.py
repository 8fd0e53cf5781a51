"""Many stations at one CSMS: in processes of this computer or on a Ray cluster, with their figures."""

from typing import Final

IDENTITY_PATTERN: Final = "CS{:05d}"
"""The identities of the stations, unless another pattern is given; the braces stand for the number of a station."""
