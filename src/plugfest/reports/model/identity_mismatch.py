"""Whether a station calls itself what its PICS calls it: a report about another firmware would be about nothing."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.products import Product
from plugfest.reports.model.report import FrameEntry

NAMES: Final = (
    ("vendor", "vendorName", "chargePointVendor"),
    ("model", "model", "chargePointModel"),
    ("firmware version", "firmwareVersion", "firmwareVersion"),
)
"""What is said, and its field in the BootNotification of OCPP 2.0.1 and of 1.6."""

LONGEST: Final = 50
"""Characters of a name that are shown: as many as OCPP allows the longest of them."""


def self_description(product: Product, frames: Iterable[FrameEntry]) -> Iterator[str]:
    """A sentence if the station's first BootNotification is not as the PICS has it.

    OCPP has room for 20 to 50 characters, so the beginning of a name is as good as the name.
    """
    booted = next(_boots(frames), None)
    if booted is None:
        return
    declared = (product.vendor, product.model, product.firmware_version)
    told = [next((booted[key] for key in keys if isinstance(booted.get(key), str)), None) for _, *keys in NAMES]
    others = [
        f"{name} {str(said)[:LONGEST]!r}, where the PICS has {stated!r}"
        for (name, *_), stated, said in zip(NAMES, declared, told, strict=True)
        if said and not stated.startswith(str(said))
    ]
    if others:
        yield f"The station calls itself otherwise than its PICS does: {'; '.join(others)}."


def _boots(frames: Iterable[FrameEntry]) -> Iterator[dict[str, object]]:
    """What the station says of itself in each BootNotification that can be read."""
    for frame in frames:
        if frame.direction != "station" or "BootNotification" not in frame.text:
            continue
        match parsed(frame.text):
            case wire.Call(_, "BootNotification", payload):
                said = _decoded(payload)
                inner = said.get("chargingStation", said) if isinstance(said, dict) else None
                if isinstance(inner, dict):
                    yield inner
            case _:
                pass


def _decoded(payload: bytes | msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
