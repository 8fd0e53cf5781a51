"""Accepts the connections of a server one after the other.

`asyncio` accepts all that have come before it reads from any: in a crowd of clients that have sent their requests,
each would look like one that sends none.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

from plugfest.unknown_clients import UnknownClients

BACKLOG: Final = 2048
"""How many clients may wait until they are accepted."""

_RETRY: Final = 0.1
"""Seconds until the next attempt if no file descriptor is left."""


async def accept(
    listening: socket.socket, protocol: Callable[[], asyncio.Protocol], unknown_clients: UnknownClients
) -> None:
    """Accept connections until cancelled, each when there is room for one more unknown client.

    The protocols add themselves to `unknown_clients`.
    """
    loop = asyncio.get_running_loop()
    listening.listen(BACKLOG)
    while True:
        await unknown_clients.room()
        try:
            connection, _ = await loop.sock_accept(listening)
        except ConnectionAbortedError:
            continue
        except OSError:
            unknown_clients.close_oldest()
            await asyncio.sleep(_RETRY)
            continue
        await loop.connect_accepted_socket(protocol, connection)
