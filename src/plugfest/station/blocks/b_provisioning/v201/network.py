"""Network connection profiles (B09, B10), which also upgrade the security profile (A05)."""

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201.messages import SetNetworkProfileRequest, SetNetworkProfileResponse
from plugfest.ocpp.v201.types import (
    NetworkConnectionProfileType,
    OCPPTransportEnumType,
    OCPPVersionEnumType,
    SetNetworkProfileStatusEnumType,
)
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.b_provisioning.rules import (
    NetworkState,
    Rejection,
    priority_rejection,
    profile_rejection,
)
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.connection.network_profiles import NetworkProfile, supported_profiles
from plugfest.station.context import Context
from plugfest.station.device_model.model import SetResult, SetStatus
from plugfest.station.device_model.values import members


def register(context: Context) -> None:
    network = NetworkProfileHandler(context)
    context.handlers.add(SetNetworkProfileRequest, network.set_network_profile)
    context.device_model.guard("OCPPCommCtrlr", "NetworkConfigurationPriority", network.check_priority)


class NetworkProfileHandler:
    """Handles SetNetworkProfile and changes of NetworkConfigurationPriority."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._supported = supported_profiles(context.product)

    def set_network_profile(self, request: SetNetworkProfileRequest) -> SetNetworkProfileResponse:
        slot, data = request.configuration_slot, request.connection_data
        profile = NetworkProfile(
            url=data.ocpp_csms_url,
            security_profile=data.security_profile,
            message_timeout=data.message_timeout,
            interface=data.ocpp_interface,
        )
        rejection = profile_rejection(slot, profile, self._network_state()) or _unsupported(data)
        if rejection is not None:
            return SetNetworkProfileResponse(
                status=SetNetworkProfileStatusEnumType.Rejected, status_info=status_info(*rejection)
            )
        self._context.profiles.put(slot, profile)
        return SetNetworkProfileResponse(status=SetNetworkProfileStatusEnumType.Accepted)  # B09.FR.01

    def check_priority(self, value: str) -> SetResult | None:
        """Called before NetworkConfigurationPriority is set."""
        profiles = [self._context.profiles.get(int(slot)) for slot in members(value)]
        rejection = priority_rejection(profiles, self._network_state())
        return None if rejection is None else SetResult(SetStatus.REJECTED, *rejection)

    def _network_state(self) -> NetworkState:
        return NetworkState(
            slots=self._context.profiles.slots,
            active=SecurityProfile(self._context.device_model.integer("SecurityCtrlr", "SecurityProfile")),
            supported=self._supported,
            missing_certificate=self._context.trust.missing_certificate,
        )


def _unsupported(data: NetworkConnectionProfileType) -> Rejection | None:
    """Which settings of a profile the station does not support."""
    if data.ocpp_version is not OCPPVersionEnumType.OCPP20:
        return Rejection("InvalidNetworkConf", f"{data.ocpp_version} is not supported")
    if data.ocpp_transport is not OCPPTransportEnumType.JSON:
        return Rejection("InvalidNetworkConf", f"{data.ocpp_transport} is not supported")
    if data.apn is not UNSET or data.vpn is not UNSET:
        return Rejection("InvalidNetworkConf", "neither APN nor VPN can be configured")
    return None
