"""What was measured at an EVSE during its last charging session: a bounded number of samples."""

from typing import Final

import msgspec

from plugfest.station.control.samples import Sample

MAX_SAMPLES: Final = 240
"""When there are more, every second one is dropped, and the interval between samples doubles."""


class SessionHistory:
    """The samples of one EVSE from the arrival of an EV on, until the next one arrives."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._connected = False
        self._began = 0.0
        self._register = 0.0
        self._interval = 1.0

    def observe(self, now: float, measured: Sample, *, connected: bool) -> None:
        """Keep a sample, if it is due. `measured.energy` is the register; `connected`: whether an EV is plugged in."""
        if connected and not self._connected:
            self.samples.clear()
            self._began, self._register, self._interval = now, measured.energy, 1.0
        ends = self._connected and not connected
        self._connected = connected
        if not connected and not ends:
            return
        at = now - self._began
        if ends or not self.samples or at >= self.samples[-1].at + self._interval * 0.99:
            energy = measured.energy - self._register
            self.samples.append(msgspec.structs.replace(measured, at=at, energy=energy))
        if len(self.samples) > MAX_SAMPLES:
            del self.samples[1::2]
            self._interval *= 2
