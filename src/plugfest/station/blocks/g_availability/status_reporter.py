"""Tells the CSMS the status of each connector, in any words: which has been told, and for how long one has to last."""

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from plugfest.station.context import Context
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.timers import Timers

S = TypeVar("S")


class StatusReporter(Generic[S]):
    """`status` says what a place is in now, `send` tells it."""

    def __init__(self, context: Context, status: Callable[[Place], S], send: Callable[[Place, S], None]) -> None:
        self._context = context
        self._status = status
        self._send = send
        self._timers = context.shared.get(Timers)
        self._told: dict[Place, S] = {}

    def changed(self, place: Place) -> None:
        """A place has, or may have, another status: tell it once it has lasted."""
        minimum = self._context.device_model.integer("ChargingStation", "MinimumStatusDuration", default=0)
        if minimum:
            self._timers.set(f"status of {place.key()}", minimum, partial(self._report_if_new, place))  # C-04
        else:
            self._report_if_new(place)

    def tell(self, place: Place) -> None:
        """Tell the status, be it new or not."""
        status = self._status(place)
        self._told[place] = status
        self._send(place, status)

    def is_reported(self, place: Place) -> bool:
        """Whether the CSMS knows the status."""
        return place in self._told and self._told[place] == self._status(place)

    def lost(self, place: Place) -> None:
        """What was told last has not arrived: B04.FR.02 counts it as a change after the silence."""
        self._told.pop(place, None)

    def _report_if_new(self, place: Place) -> None:
        # While offline nothing is told unless all messages are queued; whoever reconnects tells what has changed.
        queues = self._context.device_model.boolean("OCPPCommCtrlr", "QueueAllMessages", default=False)  # C-21
        if not self.is_reported(place) and (queues or self._context.csms.online):
            self.tell(place)
