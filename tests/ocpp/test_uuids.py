"""Ids of messages and transactions."""

from uuid import RFC_4122, UUID

from plugfest.ocpp.uuids import new_uuid


def test_ids_are_random_uuids_of_version_4() -> None:
    for text in (new_uuid() for _ in range(100)):
        parsed = UUID(text)
        assert (parsed.version, parsed.variant, str(parsed)) == (4, RFC_4122, text)


def test_no_two_ids_are_equal() -> None:
    assert len({new_uuid() for _ in range(1000)}) == 1000
