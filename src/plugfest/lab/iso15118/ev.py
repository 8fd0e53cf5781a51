"""The EV that the operator brings for a case with ISO 15118."""

import msgspec

from plugfest.security.keys import CertifiedKey


class CommunicatingEv(msgspec.Struct, frozen=True, kw_only=True):
    """An EV that communicates by ISO 15118.

    `contract`: the contract certificate that it presents, with its key; None: the driver identifies at the station.
    `certificate_request`: "Install" or "Update" if it requests a contract certificate first. `v2g_root`: the V2G root
    that it trusts, in PEM. `energy` that it asks for, in Wh, and seconds until its `departure`; None: as it wants.
    """

    contract: CertifiedKey | None = None
    certificate_request: str | None = None
    v2g_root: str
    energy: int | None = None
    departure: int | None = None

    @property
    def needs(self) -> dict[str, int]:
        """The energy and the departure, as far as they are given, by these names."""
        given = {"energy": self.energy, "departure": self.departure}
        return {name: value for name, value in given.items() if value is not None}
