"""The environment variables of Plugfest."""

from typing import Final

PASSWORD: Final = "PLUGFEST_PASSWORD"
"""The password of a station."""

LAB_KEY: Final = "PLUGFEST_LAB_KEY"
"""The file of the key with which the lab signs."""

CONTROL_TOKEN: Final = "PLUGFEST_CONTROL_TOKEN"
"""The token of a control API, for the server and for its client."""

STORE_KEY_FILE: Final = "PLUGFEST_STORE_KEY_FILE"
"""The file of the key that encrypts the secrets in the store of a station."""
