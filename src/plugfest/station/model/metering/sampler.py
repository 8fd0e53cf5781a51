"""Takes samples: the configured measurands of an EVSE at one moment."""

import base64
from collections.abc import Callable
from datetime import datetime

import msgspec

from plugfest.hardware.ports import Evse, Meter
from plugfest.hardware.readings import reading_of, signed_reading_of
from plugfest.station.device_model.values import encoded_public_key
from plugfest.station.model.charging.charging_sessions import Transaction
from plugfest.station.model.metering.measurands import (
    Measurement,
    ReadingContext,
    Sample,
    SampledValue,
    Signature,
    measure,
)
from plugfest.station.model.settings import MeterSettings

MAX_END_SAMPLES = 200
"""Maximum number of samples for the last event of a transaction."""

_REGISTER = "Energy.Active.Import.Register"


class Sampler:
    """Takes samples at an EVSE, with or without a transaction. None without measurands, nor of a failed meter."""

    def __init__(self, settings: Callable[[], MeterSettings], now: Callable[[], datetime]) -> None:
        self.settings = settings
        self._now = now

    def begin(self, evse: Evse, transaction: Transaction) -> tuple[Sample, ...]:
        """Samples for the start of a transaction (E01.FR.09). Those of the start for the last event are kept."""
        settings = self.settings()
        reading = reading_of(evse.meter)
        transaction.register_at_start = None if reading is None else reading.energy_import
        begin = self._take(evse, settings.started, ReadingContext.BEGIN, transaction, signed=settings.sign_started)
        self.keep_for_end(transaction, self._for_the_end(evse, ReadingContext.BEGIN, transaction))
        return begin

    def periodic(self, evse: Evse, transaction: Transaction) -> tuple[Sample, ...]:
        """Samples at TxUpdatedInterval. J02.FR.11"""
        return self._updated(evse, ReadingContext.PERIODIC, transaction)

    def triggered(self, evse: Evse, transaction: Transaction | None) -> tuple[Sample, ...]:
        """Samples for TransactionEvent, requested with TriggerMessage. F06.FR.07"""
        return self._updated(evse, ReadingContext.TRIGGER, transaction)

    def for_the_end(self, evse: Evse, transaction: Transaction) -> tuple[Sample, ...]:
        """A periodic sample for the last event. SampledDataCtrlr.TxEndedInterval"""
        return self._for_the_end(evse, ReadingContext.PERIODIC, transaction)

    def aligned_for_the_end(self, evse: Evse, transaction: Transaction, at: datetime) -> tuple[Sample, ...]:
        """A clock-aligned sample for the last event. AlignedDataCtrlr.TxEndedInterval"""
        settings = self.settings()
        sample = self._take(
            evse, settings.aligned_ended, ReadingContext.CLOCK, transaction, signed=settings.sign_aligned_ended
        )
        return _with_time(sample, at)

    def aligned(self, evse: Evse, transaction: Transaction | None, at: datetime) -> tuple[Sample, ...]:
        """Clock-aligned samples. J01.FR.14, J01.FR.22"""
        settings = self.settings()
        return _with_time(
            self._take(evse, settings.aligned, ReadingContext.CLOCK, transaction, signed=settings.sign_aligned), at
        )

    def end(self, evse: Evse, transaction: Transaction, register: float | None) -> tuple[Sample, ...]:
        """All samples of the last event. E06.FR.11

        If the meter has failed, the last one has only `register`, which it has shown last.
        """
        last = self._for_the_end(evse, ReadingContext.END, transaction)
        if not last and register is not None and _REGISTER in self.settings().ended:
            value = SampledValue(measurand=_REGISTER, value=round(register, 3), unit="Wh", location="Outlet")
            last = (Sample(at=self._now(), context=ReadingContext.END, values=(value,)),)
        return (*transaction.end_samples, *last)

    def on_request(self, evse: Evse) -> tuple[Sample, ...]:
        """Samples for MeterValues, requested with TriggerMessage. F06.FR.06"""
        return self._take(evse, self.settings().aligned, ReadingContext.TRIGGER, None, signed=False)

    def keep_for_end(self, transaction: Transaction, samples: tuple[Sample, ...]) -> None:
        """Keep samples for the last event. If there are too many, every second one is dropped (E06.FR.13)."""
        transaction.end_samples.extend(samples)
        if len(transaction.end_samples) > MAX_END_SAMPLES:
            del transaction.end_samples[1:-1:2]  # never the first and the last

    def grid(
        self, meter: Meter, measurands: tuple[str, ...], context: ReadingContext, at: datetime
    ) -> tuple[Sample, ...]:
        """Samples of the grid connection, which is EVSE 0. J01.FR.03, J01.FR.04"""
        reading = reading_of(meter)
        if reading is None:
            return ()
        values = measure(Measurement(reading=reading, location="Inlet"), measurands)
        return (Sample(at=at, context=context, values=values),) if values else ()

    def _updated(self, evse: Evse, context: ReadingContext, transaction: Transaction | None) -> tuple[Sample, ...]:
        settings = self.settings()
        return self._take(evse, settings.updated, context, transaction, signed=settings.sign_updated)

    def _for_the_end(self, evse: Evse, context: ReadingContext, transaction: Transaction) -> tuple[Sample, ...]:
        settings = self.settings()
        return self._take(evse, settings.ended, context, transaction, signed=settings.sign_ended)

    def _take(
        self,
        evse: Evse,
        measurands: tuple[str, ...],
        context: ReadingContext,
        transaction: Transaction | None,
        *,
        signed: bool,
    ) -> tuple[Sample, ...]:
        reading = reading_of(evse.meter)
        if reading is None:
            return ()
        measurement = Measurement(
            reading=reading,
            offered=evse.offered,
            offered_phases=evse.offered_phases,
            state_of_charge=evse.state_of_charge,
            energy_before=None if transaction is None else transaction.register_at_last_sample,
        )
        if transaction is not None:
            measurement = _remember(measurement, transaction)
        values = measure(measurement, measurands)
        if signed:
            values = tuple(self._sign(value, evse, transaction) for value in values)
        return (Sample(at=self._now(), context=context, values=values),) if values else ()

    def _sign(self, value: SampledValue, evse: Evse, transaction: Transaction | None) -> SampledValue:
        """The value with the signature of the meter, if it can sign. J01.FR.21, J02.FR.21"""
        note = "" if transaction is None else transaction.id
        signed = signed_reading_of(evse.meter, note) if value.measurand == _REGISTER else None
        key = evse.meter.public_key
        if signed is None or key is None:
            return value
        signature = Signature(
            data=base64.b64encode(signed.data).decode(),
            signing_method=signed.signing_method,
            encoding_method=signed.encoding_method,
            public_key=encoded_public_key(key) if self._includes_public_key(transaction) else "",
        )
        return msgspec.structs.replace(value, signature=signature)

    def _includes_public_key(self, transaction: Transaction | None) -> bool:
        """Whether to send the public key: OCPPCommCtrlr.PublicKeyWithSignedMeterValue."""
        policy = self.settings().public_key
        if policy != "OncePerTransaction" or transaction is None:
            return policy == "EveryMeterValue"
        first = not transaction.public_key_reported
        transaction.public_key_reported = True
        return first


def _remember(measurement: Measurement, transaction: Transaction) -> Measurement:
    """Keep what later samples need. Without an EV the last reported state of charge is used."""
    transaction.register_at_last_sample = measurement.reading.energy_import
    if measurement.state_of_charge is None:
        return msgspec.structs.replace(measurement, state_of_charge=transaction.state_of_charge)
    transaction.state_of_charge = measurement.state_of_charge
    return measurement


def _with_time(samples: tuple[Sample, ...], moment: datetime) -> tuple[Sample, ...]:
    """Clock-aligned samples have the time at which they were due."""
    return tuple(msgspec.structs.replace(sample, at=moment) for sample in samples)
