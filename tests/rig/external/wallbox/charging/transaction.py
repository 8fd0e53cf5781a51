"""A transaction and its messages (Part 2, E01 to E09)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from ocpp.v201 import call
from tests.rig.external.wallbox.charging.metering import Interval, Meter, since_midnight
from tests.rig.external.wallbox.charging.outbox import Outbox
from tests.rig.external.wallbox.device_model import DeviceModel
from tests.rig.external.wallbox.storage import Storage, StoredEvent

EVSE = {"id": 1, "connector_id": 1}


@dataclass
class Transaction:
    """The ongoing transaction. `samples`: the meter values for its last message."""

    id: str = field(default_factory=lambda: str(uuid4()))
    seq_no: int = 0
    remote_start_id: int | None = None
    started: float = 0.0
    samples: list[dict[str, Any]] = field(default_factory=list)


class Transactions:
    """Starts, continues and ends transactions: every call makes one TransactionEventRequest."""

    def __init__(
        self,
        storage: Storage,
        model: DeviceModel,
        meter: Meter,
        outbox: Outbox,
        online: Callable[[], bool],
        now: Callable[[], datetime],
        charging_state: Callable[[], str],
    ) -> None:
        self._storage = storage
        self._model = model
        self._meter = meter
        self._outbox = outbox
        self._online = online
        self._now = now
        self._charging_state = charging_state
        self._reported_state: str | None = None
        self._intervals: list[asyncio.Task[None]] = []
        self.ongoing: Transaction | None = None

    @property
    def reported_state(self) -> str | None:
        """The charging state of the last message of the ongoing transaction."""
        return self._reported_state

    def start(self, trigger: str, remote_start_id: int | None, token: dict[str, Any] | None) -> None:
        loop = asyncio.get_running_loop()
        self.ongoing = Transaction(remote_start_id=remote_start_id, started=loop.time())
        begin = self._sampled("TxStartedMeasurands", "Transaction.Begin")  # E01.FR.09
        self.ongoing.samples = self._sampled("TxEndedMeasurands", "Transaction.Begin")
        self._send("Started", trigger, token=token, meter_value=begin)
        self._intervals = [
            asyncio.create_task(interval.run())
            for interval in (
                Interval(self._model, "SampledDataCtrlr.TxUpdatedInterval", self._elapsed, self._periodic),
                Interval(self._model, "SampledDataCtrlr.TxEndedInterval", self._elapsed, self._keep_periodic),
                Interval(self._model, "AlignedDataCtrlr.TxEndedInterval", self._time_of_day, self._keep_aligned),
            )
        ]

    def update(self, trigger: str, **details: Any) -> None:
        self._send("Updated", trigger, **details)

    def end(self, trigger: str, stopped_reason: str, token: dict[str, Any] | None = None, **details: Any) -> None:
        assert self.ongoing is not None
        for task in self._intervals:
            task.cancel()
        values = [*self.ongoing.samples, *self._sampled("TxEndedMeasurands", "Transaction.End")]  # E06.FR.11
        self._send("Ended", trigger, token=token, stopped_reason=stopped_reason, meter_value=values, **details)
        self.ongoing, self._storage.transaction, self._reported_state = None, None, None

    def end_interrupted(self, stored: dict[str, Any], stopped_reason: str, trigger: str) -> None:
        """End the transaction that was ongoing when the wallbox lost its power."""
        self.ongoing = Transaction(id=stored["id"], seq_no=stored["seq_no"], samples=stored["samples"])
        self.end(trigger, stopped_reason)

    def update_clock_aligned(self) -> None:
        """The meter values at a full interval of the day (J01.FR.22)."""
        values = self._aligned("Measurands")
        if values:
            self._send("Updated", "MeterValueClock", meter_value=values)

    def trigger(self) -> None:
        """The message that TriggerMessage asks for (F06.FR.07)."""
        self._send("Updated", "Trigger", meter_value=self._sampled("TxUpdatedMeasurands", "Trigger"))

    # Messages

    def _send(
        self,
        event_type: str,
        trigger: str,
        *,
        token: dict[str, Any] | None = None,
        meter_value: list[dict[str, Any]] | None = None,
        stopped_reason: str | None = None,
        phases: int | None = None,
    ) -> None:
        transaction = self.ongoing
        assert transaction is not None
        state = self._charging_state()
        info = {"transaction_id": transaction.id, "charging_state": state}
        if transaction.remote_start_id is not None:
            info["remote_start_id"] = transaction.remote_start_id
        if stopped_reason is not None:
            info["stopped_reason"] = stopped_reason
        payload = call.TransactionEvent(
            event_type=event_type,
            timestamp=self._timestamp(),
            trigger_reason=trigger,
            seq_no=transaction.seq_no,
            transaction_info=info,
            meter_value=meter_value or None,
            offline=None if self._online() else True,
            number_of_phases_used=phases,
            evse=EVSE if event_type == "Started" or trigger == "CablePluggedIn" else None,
            id_token=token,
        )
        transaction.seq_no += 1
        self._reported_state = state
        self._storage.transaction = {
            "id": transaction.id,
            "seq_no": transaction.seq_no,
            "samples": transaction.samples,
        }
        self._outbox.put(StoredEvent(transaction.id, payload))

    async def _periodic(self) -> None:
        values = self._sampled("TxUpdatedMeasurands", "Sample.Periodic")
        if values:
            self._send("Updated", "MeterValuePeriodic", meter_value=values)

    async def _keep_periodic(self) -> None:
        assert self.ongoing is not None
        self.ongoing.samples += self._sampled("TxEndedMeasurands", "Sample.Periodic")

    async def _keep_aligned(self) -> None:
        assert self.ongoing is not None
        self.ongoing.samples += self._aligned("TxEndedMeasurands")

    def _sampled(self, variable: str, context: str) -> list[dict[str, Any]]:
        if not self._model.flag("SampledDataCtrlr.Enabled"):
            return []
        return self._meter.values(self._model.value(f"SampledDataCtrlr.{variable}"), context, self._timestamp())

    def _aligned(self, variable: str) -> list[dict[str, Any]]:
        if not self._model.flag("AlignedDataCtrlr.Enabled"):
            return []
        return self._meter.values(self._model.value(f"AlignedDataCtrlr.{variable}"), "Sample.Clock", self._timestamp())

    def _elapsed(self) -> float:
        return 0.0 if self.ongoing is None else asyncio.get_running_loop().time() - self.ongoing.started

    def _time_of_day(self) -> float:
        return since_midnight(self._now())

    def _timestamp(self) -> str:
        return timestamp(self._now())


def timestamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
