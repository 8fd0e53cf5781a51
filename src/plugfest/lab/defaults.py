"""How a station connects to the lab, unless the settings have other values."""

from typing import Final

IDENTITY: Final = "PLUGFEST-01"
PASSWORD: Final = "plugfest-station-01"
SECURITY_PROFILE: Final = 2
