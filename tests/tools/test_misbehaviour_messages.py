"""The messages in which wrong stations show their defects are those of the catalogue, and they are found again."""

import json
import tomllib

import pytest
from tools.misbehaviour_messages import FILE, messages_of, shape, written

from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE, by_name

STORED = tomllib.loads(FILE.read_text(encoding="utf-8"))

EVERY = 60


def test_every_wrong_station_has_an_entry() -> None:
    missing = [each.name for each in CATALOGUE if each.name not in STORED]
    assert missing == [], "run `python -m tools.misbehaviour_messages`"
    assert list(STORED) == [each.name for each in CATALOGUE]


@pytest.mark.parametrize("name", list(STORED)[::EVERY])
def test_the_messages_of_a_sample_are_found_again(name: str) -> None:
    assert messages_of(by_name()[name]) == STORED[name]


def test_the_file_is_read_as_it_was_written() -> None:
    assert tomllib.loads(written(STORED)) == STORED


def test_a_shape_leaves_out_what_differs_from_run_to_run() -> None:
    first, again, other = (
        json.dumps([2, message_id, "Heartbeat", {"at": at, "list": [number, {"kind": kind}]}])
        for message_id, at, number, kind in (
            ("a", "2026-01-01", 1, "Local"),
            ("b", "2026-01-02", 2.5, "Local"),
            ("a", "2026-01-01", 1, "Remote"),
        )
    )
    assert shape(first) == shape(again) != shape(other)
