"""Reports the status of connectors to the CSMS, in any OCPP version: only changes that last long enough."""

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from plugfest.station.context import Context
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.timers import Timers

S = TypeVar("S")


class StatusReporter(Generic[S]):
    """`status`: the current status of a place. `send`: sends it to the CSMS."""

    def __init__(self, context: Context, status: Callable[[Place], S], send: Callable[[Place, S], None]) -> None:
        self._context = context
        self._status = status
        self._send = send
        self._timers = context.shared.get(Timers)
        self._reported: dict[Place, S] = {}

    def changed(self, place: Place) -> None:
        """The status may have changed: report it after MinimumStatusDuration, if it is new."""
        minimum = self._context.device_model.integer("ChargingStation", "MinimumStatusDuration", default=0)
        if minimum:
            self._timers.set(f"status of {place.key()}", minimum, partial(self._report_if_new, place))  # C-04
        else:
            self._report_if_new(place)

    def report(self, place: Place) -> None:
        """Report the status, whether it is new or not."""
        status = self._status(place)
        self._reported[place] = status
        self._send(place, status)

    def is_reported(self, place: Place) -> bool:
        """Whether the current status is the last reported one."""
        return place in self._reported and self._reported[place] == self._status(place)

    def not_delivered(self, place: Place) -> None:
        """The last report was dropped: it counts as a change after the reconnection (B04.FR.02)."""
        self._reported.pop(place, None)

    def _report_if_new(self, place: Place) -> None:
        # While offline, nothing is reported unless all messages are queued. Changes are reported after reconnecting,
        # and all statuses after the CSMS has accepted the station (B02.FR.02).
        csms = self._context.csms
        queues = self._context.device_model.boolean("OCPPCommCtrlr", "QueueAllMessages", default=False)  # C-21
        if not self.is_reported(place) and (csms.online or (queues and not csms.connected)):
            self.report(place)
