"""The connections of clients that have not shown who they are."""

from plugfest.unknown_clients import UnknownClients


def test_the_oldest_connection_is_closed_when_there_are_too_many() -> None:
    closed: list[int] = []
    clients = UnknownClients(limit=2)
    for number in range(4):
        clients.add(number, lambda number=number: closed.append(number))  # type: ignore[misc]
    assert closed == [0, 1]


def test_a_client_that_is_known_is_not_closed() -> None:
    closed: list[int] = []
    clients = UnknownClients(limit=2)
    clients.add("station", lambda: closed.append(-1))
    clients.discard("station")
    for number in range(3):
        clients.add(number, lambda number=number: closed.append(number))  # type: ignore[misc]
    assert closed == [0]


def test_without_unknown_clients_there_is_nothing_to_close() -> None:
    UnknownClients().close_oldest()
