"""Key performance indicators: what the vendor allows, and what the record of a campaign in real time shows."""

from collections.abc import Iterator, Sequence
from statistics import fmean

import msgspec

from plugfest.lab.record import Direction, Frame
from plugfest.ocpp import frames as wire
from plugfest.products import Product
from plugfest.products.pics import Measured
from plugfest.reports.conversation import parsed
from plugfest.reports.model import ClockName


class IndicatorRow(msgspec.Struct, frozen=True):
    """One indicator, in seconds. `measured` is None where the run could not measure it."""

    title: str
    limit: float | None
    measured: Measured | None


def indicator_rows(product: Product, frames: Sequence[Frame], clock: ClockName) -> list[IndicatorRow]:
    """The indicators of the product's OCPP version. Simulated time measures nothing; answers are the one thing that
    the record alone can time."""
    measured = {"response": response_times(frames)} if clock == "real" else {}
    return [
        IndicatorRow(indicator.title, product.performance.limit.get(indicator.key), measured.get(indicator.key))
        for indicator in product.catalogue.indicator
    ]


def response_times(frames: Sequence[Frame]) -> Measured | None:
    """How long the station took to answer the lab's requests; None if it answered none."""
    times = list(_response_times(frames))
    return Measured(minimum=min(times), maximum=max(times), average=fmean(times)) if times else None


def _response_times(frames: Sequence[Frame]) -> Iterator[float]:
    asked: dict[str, float] = {}
    for frame in frames:
        message = parsed(frame)
        if isinstance(message, wire.Call):
            if frame.direction is Direction.FROM_LAB:
                asked[message.message_id] = frame.at
        elif message is not None and frame.direction is Direction.FROM_STATION and message.message_id in asked:
            yield frame.at - asked.pop(message.message_id)
