"""Compares the names in the station's BootNotification with those in the PICS.

If they differ, the report may be about another product or firmware than the one that was tested.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.products import Product
from plugfest.reports.evidence.payload import decoded
from plugfest.reports.model.report import FrameEntry

FIELDS: Final = (
    ("vendor", "vendorName", "chargePointVendor"),
    ("model", "model", "chargePointModel"),
    ("firmware version", "firmwareVersion", "firmwareVersion"),
)
"""A name and its field in the BootNotification of OCPP 2.0.1 and of OCPP 1.6."""

MAX_NAME_LENGTH: Final = 50
"""Characters of a name that are shown: the longest field that OCPP allows."""


def identity_mismatch(product: Product, frames: Iterable[FrameEntry]) -> Iterator[str]:
    """A sentence if the first BootNotification differs from the PICS.

    A prefix of the name in the PICS is accepted: the fields hold only 20 to 50 characters.
    """
    identity = next(_boot_identities(frames), None)
    if identity is None:
        return
    declared = (product.vendor, product.model, product.firmware_version)
    sent = [next((identity[key] for key in keys if isinstance(identity.get(key), str)), None) for _, *keys in FIELDS]
    differences = [
        f'{name} "{str(actual)[:MAX_NAME_LENGTH]}", in the PICS "{expected}"'
        for (name, *_), expected, actual in zip(FIELDS, declared, sent, strict=True)
        if actual and not expected.startswith(str(actual))
    ]
    if differences:
        yield f"The BootNotification of the station differs from its PICS: {'; '.join(differences)}."


def _boot_identities(frames: Iterable[FrameEntry]) -> Iterator[dict[str, object]]:
    """The object with the names in each BootNotification that can be decoded."""
    for frame in frames:
        if frame.direction != "station" or "BootNotification" not in frame.text:
            continue
        match parsed(frame.text):
            case wire.Call(_, "BootNotification", payload):
                request = decoded(payload)
                identity = request.get("chargingStation", request) if isinstance(request, dict) else None
                if isinstance(identity, dict):
                    yield identity
            case _:
                pass
