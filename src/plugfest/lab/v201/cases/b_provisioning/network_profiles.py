"""Network connection profiles: setting one, and migrating the station to it."""

from plugfest.lab.csms.endpoint import Endpoint
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import reset
from plugfest.lab.v201.cases.b_provisioning.variables import result, set_request
from plugfest.lab.v201.configuration import Need, Variable
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PRIORITY = Variable("OCPPCommCtrlr", "NetworkConfigurationPriority")
ACTIVE = Variable("OCPPCommCtrlr", "ActiveNetworkProfile")


def only_the_active_slot(bench: Bench) -> tuple[Need, ...]:
    """The configuration with only the active slot in NetworkConfigurationPriority."""
    return (Need(PRIORITY, bench.configuration.value(ACTIVE) or ""),)


def network_profile(bench: Bench, url: str, security_profile: int) -> t.NetworkConnectionProfileType:
    """A network connection profile with the lab's settings."""
    return t.NetworkConnectionProfileType(
        ocpp_version=t.OCPPVersionEnumType.OCPP20,
        ocpp_transport=t.OCPPTransportEnumType.JSON,
        ocpp_csms_url=url,
        message_timeout=bench.settings.message_timeout,
        security_profile=security_profile,
        ocpp_interface=t.OCPPInterfaceEnumType(bench.settings.ocpp_interface),
    )


async def slots(bench: Bench) -> tuple[int, int]:
    """A free configuration slot, and the active one (erratum 6.2.17)."""
    (active,) = await bench.configuration.read([ACTIVE])
    reported = bench.configuration.supported(PRIORITY)
    others = sorted(int(slot) for slot in reported - {active} if slot.isdecimal())
    bench.check(active is not None and active.isdecimal(), "ActiveNetworkProfile: the number of a slot", active)
    bench.check(bool(others), "at least 2 configuration slots (B09.FR.06)", ", ".join(sorted(reported)) or "none")
    return others[0], int(active or 0)


async def set_profile(bench: Bench, slot: int, url: str, security_profile: int, *, status: object = "Accepted") -> None:
    """SetNetworkProfile for one configuration slot."""
    request = m.SetNetworkProfileRequest(
        configuration_slot=slot, connection_data=network_profile(bench, url, security_profile)
    )
    await bench.call(request, status=status)


async def set_priority(bench: Bench, *order: int) -> None:
    """Set NetworkConfigurationPriority to these slots."""
    value = ",".join(str(slot) for slot in order)
    await bench.call(
        set_request((PRIORITY, value)),
        set_variable_result=[result(PRIORITY, one_of("Accepted", "RebootRequired"))],
    )
    bench.configuration.note(PRIORITY, value)


async def migrate(bench: Bench, to: Endpoint, security_profile: int) -> tuple[int, int]:
    """Give an endpoint the first priority and the active slot the second, and reset (erratum 6.2.18): steps 1 to 6.

    Returns the new slot and the old one once the station has disconnected.
    """
    free, active = await slots(bench)
    bench.step(2, "B09.FR.01")
    await set_profile(bench, free, to.url, security_profile)
    bench.step(4, "B10.FR.01")
    await set_priority(bench, free, active)
    bench.step(6)
    bench.csms.inbox.set_mark()
    await bench.call(reset("OnIdle"), status="Accepted")
    disconnected = await bench.csms.wait_disconnected(within=bench.settings.boot_timeout)
    bench.check(disconnected, "the station disconnects to reboot", "still connected")
    return free, active


async def check_connected_to(bench: Bench, name: str, slot: int) -> None:
    """The station is connected to this endpoint, and its slot is the active one."""
    bench.check(bench.csms.connected_to == name, f"a connection to the {name} endpoint", bench.csms.connected_to)
    (active,) = await bench.configuration.read([ACTIVE])
    bench.check(active == str(slot), f"ActiveNetworkProfile {slot}", active)
