"""The token of an HTTP server that not only this machine can reach."""

import os
from typing import Final

from plugfest.http_server.access import is_loopback, new_token

VARIABLE: Final = "PLUGFEST_CONTROL_TOKEN"
"""The environment variable with the token, for the server and for its client."""


def given_token() -> str | None:
    """The token in the environment."""
    return os.environ.get(VARIABLE) or None


def control_token(address: str) -> str | None:
    """The token for a server at this address; None on the loopback interface."""
    return None if is_loopback(address) else given_token() or new_token()
