"""The connections of clients that have not shown who they are."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from plugfest.clock import run_simulated
from plugfest.unknown_clients import UNKNOWN_SECONDS, UnknownClients


class Connections:
    """Connections with numbers, of which some have been closed."""

    def __init__(self, *, limit: int) -> None:
        self.clients = UnknownClients(limit)
        self.closed: list[int] = []

    def add(self, *numbers: int) -> None:
        for number in numbers:
            self.clients.add(number, lambda number=number: self.closed.append(number))  # type: ignore[misc]


def seconds_until_room(connections: Connections, *, meanwhile: Callable[[], None] = lambda: None) -> float:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        connections.add(1, 2)
        began = loop.time()
        loop.call_later(UNKNOWN_SECONDS / 2, meanwhile)
        await connections.clients.room()
        return loop.time() - began

    return run_simulated(scenario())


def simulated(act: Callable[[], None]) -> Coroutine[Any, Any, None]:
    async def scenario() -> None:
        act()

    return scenario()


def test_the_oldest_connection_is_closed_when_there_are_too_many() -> None:
    connections = Connections(limit=2)
    run_simulated(simulated(lambda: connections.add(0, 1, 2, 3)))
    assert connections.closed == [0, 1]


def test_a_client_that_is_known_is_not_closed() -> None:
    connections = Connections(limit=2)

    def act() -> None:
        connections.add(9)
        connections.clients.discard(9)
        connections.add(0, 1, 2)

    run_simulated(simulated(act))
    assert connections.closed == [0]


def test_a_client_that_was_known_takes_no_connection_from_another() -> None:
    connections = Connections(limit=1)

    def act() -> None:
        connections.add(0)
        connections.clients.add_again(1, lambda: connections.closed.append(1))

    run_simulated(simulated(act))
    assert not connections.closed


def test_without_unknown_clients_there_is_nothing_to_close() -> None:
    connections = Connections(limit=2)
    run_simulated(simulated(connections.clients.close_oldest))
    assert not connections.closed


def test_there_is_room_below_the_limit() -> None:
    connections = Connections(limit=3)
    assert seconds_until_room(connections) == 0
    assert not connections.closed


def test_a_client_that_becomes_known_makes_room() -> None:
    connections = Connections(limit=2)
    assert seconds_until_room(connections, meanwhile=lambda: connections.clients.discard(2)) == UNKNOWN_SECONDS / 2
    assert not connections.closed


def test_the_oldest_client_makes_room_after_a_while() -> None:
    connections = Connections(limit=2)
    assert seconds_until_room(connections) == UNKNOWN_SECONDS
    assert connections.closed == [1]
