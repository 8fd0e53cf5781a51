"""Reads a meter that may have failed."""

from plugfest.hardware.ports import HardwareError, Meter, Reading, SignedReading


def reading_of(meter: Meter) -> Reading | None:
    """The present reading; None if the meter has failed."""
    try:
        return meter.read()
    except HardwareError:
        return None


def signed_reading_of(meter: Meter, note: str) -> SignedReading | None:
    """The present reading, signed; None if the meter cannot sign or has failed."""
    try:
        return meter.sign(note)
    except HardwareError:
        return None
