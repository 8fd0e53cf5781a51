"""Cases in which the station decides from its authorization cache."""

from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m

CACHE_IN_USE = {
    "AuthCacheCtrlr.Enabled": "true",
    "AuthCtrlr.LocalPreAuthorize": "true",
    "AuthCtrlr.AuthorizeRemoteStart": "true",  # only then a remote start looks into the cache (F01.FR.01, FR.02)
}
"""A known token is authorized without asking the CSMS, at the reader and from the CSMS alike."""


async def nobody_asked(bench: Bench) -> None:
    """The station did not ask the CSMS about the token that was just presented."""
    await bench.silence(m.AuthorizeRequest, seconds=0)
