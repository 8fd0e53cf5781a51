"""GetChargingProfiles and ReportChargingProfiles of OCPP 2.0.1 (K09)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.charging_profiles_v201 import PURPOSES, profile_type
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.context import Context, Offline
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.profile import ChargingProfile, LimitSource

_PROFILES_PER_PART: Final = 10


def register(context: Context) -> None:
    context.handlers.add(m.GetChargingProfilesRequest, partial(_get, context))


def _get(context: Context, request: m.GetChargingProfilesRequest) -> m.GetChargingProfilesResponse:
    status = t.GetChargingProfileStatusEnumType
    found = [each for each in context.shared.get(ChargingProfiles) if _matches(request, each)]
    if not found:
        return m.GetChargingProfilesResponse(status=status.NoProfiles, status_info=status_info("NotFound"))

    def start() -> None:
        context.spawn(_report(context, request.request_id, found), f"charging profiles {request.request_id}")

    context.handlers.after_response(start)
    return m.GetChargingProfilesResponse(status=status.Accepted)


def _matches(request: m.GetChargingProfilesRequest, profile: ChargingProfile) -> bool:
    """Every criterion must match. K09.FR.04 to FR.06"""
    criteria = request.charging_profile
    ids, sources = given(criteria.charging_profile_id), given(criteria.charging_limit_source)
    purpose = criteria.charging_profile_purpose
    return (
        given(request.evse_id) in (None, profile.evse_id)
        and (ids is None or profile.id in ids)
        and (sources is None or profile.source in {each.value for each in sources})
        and given(criteria.stack_level) in (None, profile.stack_level)
        and (purpose is UNSET or PURPOSES[purpose] is profile.purpose)
    )


async def _report(context: Context, request_id: int, profiles: Sequence[ChargingProfile]) -> None:
    parts = list(_parts(profiles))
    for number, (evse_id, source, part) in enumerate(parts, start=1):
        report = m.ReportChargingProfilesRequest(
            request_id=request_id,  # K09.FR.01
            charging_limit_source=t.ChargingLimitSourceEnumType(source.value),
            evse_id=evse_id,
            charging_profile=[profile_type(each) for each in part],
            tbc=number < len(parts),  # K09.FR.02
        )
        try:
            await context.csms.call(report)
        except (LinkError, Offline):
            return  # do not send the rest of an incomplete report; the CSMS can request it again


def _parts(profiles: Sequence[ChargingProfile]) -> Iterator[tuple[int, LimitSource, Sequence[ChargingProfile]]]:
    """The profiles of one EVSE and one source each."""
    grouped = defaultdict[tuple[int, LimitSource], list[ChargingProfile]](list)
    for profile in profiles:
        grouped[profile.evse_id, profile.source].append(profile)
    for (evse_id, source), group in sorted(grouped.items()):
        for start in range(0, len(group), _PROFILES_PER_PART):
            yield evse_id, source, group[start : start + _PROFILES_PER_PART]
