"""The rate at which the outbox stores messages, against plain writes that are flushed to the same disk."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
from benchmarks.messages import TRANSACTION_EVENT
from benchmarks.test_campaign import Figures

from plugfest.ocpp import codec
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201
from plugfest.products import load_product
from plugfest.station.connection.outbox import Delivery, Outbox
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.standard import controller_variables
from plugfest.station.storage.store import Store

MESSAGES = 50
ROUNDS = 80
REQUEST = msgspec.convert(TRANSACTION_EVENT, m.TransactionEventRequest)

LIMIT = 1 / 0.8
"""The outbox reaches 80 percent of the rate of the plain writes."""


def duration(write: Callable[[], object]) -> float:
    """Seconds for the writes of a round."""
    started = time.perf_counter()
    for _ in range(MESSAGES):
        write()
    return time.perf_counter() - started


@contextmanager
def plain_writes(path: Path, *, grows: bool) -> Iterator[Callable[[], object]]:
    """Writes of the message that are flushed: to a file that grows, as a log does, or that has its full size."""
    content = codec.encode(REQUEST)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    if not grows:
        os.write(descriptor, bytes(len(content) * MESSAGES * (ROUNDS + 1)))
        os.fsync(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)

    def write() -> None:
        os.write(descriptor, content)
        os.fdatasync(descriptor)

    yield write
    os.close(descriptor)


def test_messages_in_the_outbox(tmp_path: Path, figure: Figures) -> None:
    store = Store(tmp_path / "store")
    model = DeviceModel(controller_variables(load_product("alpitronic-hyc-200-eu")), store)
    outbox = Outbox(store, model, V201)
    writes = "storing messages in the outbox / plain writes with fdatasync"
    with plain_writes(tmp_path / "plain", grows=False) as in_place, plain_writes(tmp_path / "log", grows=True) as log:
        rounds = [
            [duration(lambda: outbox.send(REQUEST, Delivery.TRANSACTION)), duration(in_place), duration(log)]
            for _ in range(ROUNDS)
        ]
    figure(f"{writes} in place", median(ours / theirs for ours, theirs, _ in rounds), LIMIT, "")
    figure(f"{writes} to a file that grows", median(ours / theirs for ours, _, theirs in rounds), LIMIT, "")
