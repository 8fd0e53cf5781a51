"""Planted defects: stations that lose something at a power cut, to prove that the comparison finds it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import NOTHING
from plugfest.rig.selftest.behaviours.v201.g_availability import in_memory_only
from plugfest.station.connection import outbox
from plugfest.station.control import virtual_station
from plugfest.station.model.connectors.availability import Availability
from plugfest.station.storage.store import Store


def _queued_in_memory(original: Function) -> Function:
    def put(self: Any, key: str, message: Any) -> None:
        self.messages[key] = message

    return put


def _apart(original: Function) -> Function:
    """Each write is a commit of its own."""

    def transaction(self: Any) -> AbstractContextManager[None]:
        return nullcontext()

    return transaction


DEFECTS: Final[Mapping[str, Patch]] = {
    "writes stored apart": Patch(Store, "transaction", _apart),
    "meters keep nothing": Patch(virtual_station, "persist_meter_registers", NOTHING),
    "unstored availability": Patch(Availability, "set_operative", in_memory_only),
    "unstored messages": Patch(outbox._Queue, "put", _queued_in_memory),
}
