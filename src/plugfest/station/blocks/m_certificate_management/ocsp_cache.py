"""The OCSP status of the V2G certificates, cached for the TLS connections with EVs (M06)."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from plugfest.light_event import LightEvent
from plugfest.link.errors import LinkError
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.ocsp import InvalidOcspResponse, OcspData, ocsp_data, read_ocsp_response
from plugfest.station.context import Context, Offline
from plugfest.station.security.trust_store import V2G_ROOT
from plugfest.station.security.v2g_certificates import CachedStatus

WEEK: Final = timedelta(days=7)
"""The longest time for which a status is cached (M06.FR.10)."""

RETRY: Final = 3600.0
"""Seconds until the CSMS is asked again after it had no status. Part 2 sets no time."""

_log = logging.getLogger(__name__)


class OcspCache:
    """The status of each certificate of the V2G chains, stored. `ask` returns the response in DER; None: no status."""

    def __init__(self, context: Context, ask: Callable[[OcspData], Awaitable[bytes | None]]) -> None:
        self._context = context
        self._ask = ask
        self._cached = context.trust.v2g.ocsp
        self._changed = LightEvent()

    def begin(self) -> None:
        """Refresh the status when it is due, and at once after the V2GCertificate was renewed (M06.FR.07)."""
        context = self._context
        context.lifecycle.v2g_certificate_renewed.add(self._renewed)
        context.lifecycle.boot_accepted.add(self._changed.set)
        context.lifecycle.reconnected.add(lambda _: self._changed.set())
        context.lifecycle.clock_set.add(lambda _: self._changed.set())
        context.spawn(self._keep_fresh(), "OCSP status")

    def _renewed(self) -> None:
        self._cached.clear()
        self._context.handlers.after_response(self._changed.set)

    async def _keep_fresh(self) -> None:
        while True:
            self._changed.clear()
            seconds = await self._refresh()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()

    async def _refresh(self) -> float:
        """Ask for every status that is due. Returns the seconds until the next one is."""
        data = self._data()
        self._forget_others(data)
        for each in data:
            if self._is_due(each):
                try:
                    await self._refresh_one(each)
                except (Offline, LinkError) as error:
                    _log.info("GetCertificateStatus failed: %s", error)
                    return RETRY
        return self._seconds_to_next(data)

    async def _refresh_one(self, data: OcspData) -> None:
        response = await self._ask(data)
        if response is None:
            self._report(data, "the CSMS has none")
            return
        try:
            result = read_ocsp_response(response, data.hashes)
        except InvalidOcspResponse as error:
            self._report(data, f"it is not used: {error}")
            return
        if result.status != "good":
            self._report(data, f"it is {result.status}")
        due = self._context.now() + WEEK  # M06.FR.10
        if result.next_update is not None:
            due = min(due, result.next_update)
        self._cached.put(_name(data), CachedStatus(response, due))

    def _report(self, data: OcspData, problem: str) -> None:
        serial_number = data.hashes.serial_number
        self._context.lifecycle.iso15118_problem.notify(
            f"OCSP status of the V2G certificate with serial number {serial_number}: {problem}"
        )

    def _data(self) -> list[OcspData]:
        """The V2G certificates and their sub-CAs (M06.FR.06, M06.FR.07)."""
        roots = [certificates_from_pem(pem)[0] for pem in self._context.trust.roots(V2G_ROOT)]
        chains = [certificates_from_pem(key.chain) for key in self._context.trust.v2g.installed()]
        return list(dict.fromkeys(data for chain in chains for data in ocsp_data(chain, roots)))

    def _forget_others(self, data: list[OcspData]) -> None:
        names = {_name(each) for each in data}
        for name in [name for name, _ in self._cached.items()]:
            if name not in names:
                self._cached.delete(name)

    def _is_due(self, data: OcspData) -> bool:
        cached = self._cached.get(_name(data))
        return cached is None or cached.due <= self._context.now()

    def _seconds_to_next(self, data: list[OcspData]) -> float:
        seconds = WEEK.total_seconds()
        for each in data:
            cached = self._cached.get(_name(each))
            left = 0.0 if cached is None else (cached.due - self._context.now()).total_seconds()
            seconds = min(seconds, max(left, RETRY))
        return seconds


def _name(data: OcspData) -> str:
    return f"{data.hashes.issuer_key_hash} {data.hashes.serial_number}"
