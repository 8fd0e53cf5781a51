"""The way to a higher security profile in OCPP 1.6 (security whitepaper A05): a key, not a network profile.

It is the same way as in OCPP 2.0.1 all the same: the new profile goes into a slot of its own, before the one in use.
"""

import asyncio
from typing import Final

import msgspec

from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import supported_profiles
from plugfest.station.context import Context
from plugfest.station.device_model.model import SetStatus, Setting

GRACE: Final = 30.0
"""Seconds until the station reconnects by itself: whoever wants to reset it for that purpose still reaches it."""

_REJECTED: Final = Setting(SetStatus.REJECTED)


def register(context: Context) -> None:
    upgrade = Upgrade(context)
    context.device_model.guard("SecurityCtrlr", "SecurityProfile", upgrade.change)
    context.lifecycle.boot_accepted.add(upgrade.settled)
    context.lifecycle.disconnected.add(upgrade.connect)


class Upgrade:
    """Changes the security profile."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._model = context.device_model
        self._due = False

    def change(self, value: str) -> Setting:
        """The guard of the variable. Its value changes when the CSMS has let the station in (A05.FR.05)."""
        if not self._possible(int(value)):
            return _REJECTED
        slot = self._prepare(SecurityProfile(int(value)))
        self._model.put("OCPPCommCtrlr", "NetworkConfigurationPriority", f"{slot},{self._active_slot}")
        self._due = True
        self._context.handlers.afterwards(self._reconnect_soon)
        return Setting(SetStatus.ACCEPTED)

    def settled(self) -> None:
        """The station has connected anew. If it fell back to the old profile, the new one is given up (A05.FR.08)."""
        self._due = False
        self._context.profiles.drop_above(self._active)

    def connect(self) -> None:
        """Use the new profile from the next connection on, also where the old one is lost before. A05.FR.07"""
        if self._due:
            self._context.csms.reconnect(by_priority=True)

    def _possible(self, wanted: int) -> bool:
        """A05.FR.01 to A05.FR.04"""
        if wanted <= self._active or wanted not in tuple(supported_profiles(self._context.product)):
            return False
        profile = SecurityProfile(wanted)
        if profile.uses_password and not self._model.text("SecurityCtrlr", "BasicAuthPassword"):
            return False
        return self._context.trust.obstacle(profile) is None

    def _prepare(self, wanted: SecurityProfile) -> int:
        """Put the same address with the new profile into a free slot."""
        profiles = self._context.profiles
        present = profiles.get(self._active_slot)
        assert present is not None
        slot = next(each for each in profiles.slots if each != self._active_slot)
        address = present.url.partition(":")[2]
        scheme = "wss" if wanted.uses_tls else "ws"
        url = f"{scheme}:{address}"
        profiles.put(slot, msgspec.structs.replace(present, url=url, security_profile=wanted.value))
        return slot

    def _reconnect_soon(self) -> None:
        self._context.spawn(self._reconnect(), "upgrade of the security profile")

    async def _reconnect(self) -> None:
        await asyncio.sleep(GRACE)
        self.connect()

    @property
    def _active(self) -> int:
        return self._model.integer("SecurityCtrlr", "SecurityProfile")

    @property
    def _active_slot(self) -> int:
        return self._model.integer("OCPPCommCtrlr", "ActiveNetworkProfile")
