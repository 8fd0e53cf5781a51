"""Network connection profiles (B09, B10, A05)."""

import msgspec

from plugfest.link.errors import InvalidUrl
from plugfest.link.handshake import connection_url
from plugfest.products import Product
from plugfest.security.profile import SecurityProfile
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.shared import once_per_product
from plugfest.station.storage.store import Store


class NetworkProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A network connection profile. `message_timeout` in seconds."""

    url: str
    security_profile: int
    message_timeout: int = 30
    interface: str = "Wired0"


class NetworkProfiles:
    """The configuration slots and their network connection profiles."""

    def __init__(self, store: Store, device_model: DeviceModel) -> None:
        self._profiles = store.records("network_profiles", NetworkProfile)
        self._connected = store.records("network_state", int)
        self._device_model = device_model
        self._at_start = dict(self._profiles.items())

    def clear(self) -> None:
        """Delete all profiles."""
        self._profiles.clear()
        self._connected.clear()
        priority = self._device_model.variable("OCPPCommCtrlr", "NetworkConfigurationPriority")
        self._device_model.write(priority, priority.initial)

    @property
    def slots(self) -> tuple[int, ...]:
        """All slots, including the empty ones."""
        priority = self._device_model.variable("OCPPCommCtrlr", "NetworkConfigurationPriority")
        return tuple(int(slot) for slot in priority.characteristics.values)

    @property
    def urls(self) -> frozenset[str]:
        """The URLs in all profiles."""
        return frozenset(profile.url for profile in self._profiles.values())

    @property
    def priority(self) -> tuple[int, ...]:
        """The filled slots of NetworkConfigurationPriority; if all of those are empty, all filled slots."""
        prioritized = self._device_model.members("OCPPCommCtrlr", "NetworkConfigurationPriority")
        filled = tuple(int(slot) for slot in prioritized if self.get(int(slot)) is not None)
        return filled or tuple(slot for slot in self.slots if self.get(slot) is not None)

    @property
    def last_connected(self) -> int | None:
        """The slot of the last connection, if it is still filled."""
        slot = self._connected.get("last")
        return slot if slot is not None and self.get(slot) is not None else None

    def get(self, slot: int) -> NetworkProfile | None:
        return self._profiles.get(str(slot))

    def effective(self, slot: int) -> NetworkProfile | None:
        """The profile to connect with. A change takes effect at the next start (B09 remark)."""
        return self._at_start.get(str(slot)) or self.get(slot)

    def put(self, slot: int, profile: NetworkProfile) -> None:
        self._profiles.put(str(slot), profile)

    def delete_above(self, security_profile: int) -> None:
        """Delete every profile with a higher security profile."""
        for key, other in self._profiles.items():
            if other.security_profile > security_profile:
                self._profiles.delete(key)
        self._device_model.put(
            "OCPPCommCtrlr", "NetworkConfigurationPriority", ",".join(str(slot) for slot in self.priority)
        )

    def mark_connected(self, slot: int) -> None:
        """Store that `slot` works, and delete every profile with a lower security profile (A05.FR.06)."""
        self._connected.put("last", slot)
        profile = self.effective(slot)
        assert profile is not None
        for key, other in self._profiles.items():
            if other.security_profile < profile.security_profile:
                self._profiles.delete(key)
                self._at_start.pop(key, None)
        remaining = ",".join(str(entry) for entry in self.priority) or str(slot)
        self._device_model.put("OCPPCommCtrlr", "NetworkConfigurationPriority", remaining)


@once_per_product
def supported_profiles(product: Product) -> frozenset[SecurityProfile]:
    """The security profiles that a product claims."""
    profiles = {SecurityProfile.TLS_BASIC}  # required by Core
    if has_capability(product, Capability.UNSECURED_TRANSPORT):
        profiles.add(SecurityProfile.UNSECURED)
    if has_capability(product, Capability.BASIC_AUTHENTICATION):
        profiles.add(SecurityProfile.BASIC)
    if has_capability(product, Capability.CLIENT_CERTIFICATE):
        profiles.add(SecurityProfile.TLS_CLIENT_CERTIFICATE)
    return frozenset(profiles)


def valid_url(url: str, security_profile: int) -> bool:
    """Whether the URL is valid and fits the security profile: wss with TLS, ws without."""
    try:
        return connection_url(url, "station").startswith("wss:") == (security_profile > 1)
    except InvalidUrl:
        return False
