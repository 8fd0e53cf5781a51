"""The token of an HTTP server that not only this machine can reach."""

import os

from plugfest.environment_variables import CONTROL_TOKEN
from plugfest.http_server.access import is_loopback, new_token


def given_token() -> str | None:
    """The token in the environment."""
    return os.environ.get(CONTROL_TOKEN) or None


def control_token(address: str) -> str | None:
    """The token for a server at this address; None on the loopback interface."""
    return None if is_loopback(address) else given_token() or new_token()
