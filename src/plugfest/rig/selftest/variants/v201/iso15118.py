"""Stations with ISO 15118: other hash algorithms, other orders, and what is optional."""

from collections.abc import Callable
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import NOTHING, changed
from plugfest.rig.selftest.variants.changes import changing, everywhere
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.security.certificates import HashAlgorithm
from plugfest.station.blocks.c_authorization import rules as contract_rules
from plugfest.station.blocks.c_authorization import v201 as authorization
from plugfest.station.blocks.conversion.v201 import ocsp_request_data
from plugfest.station.blocks.k_smart_charging.ev_schedules import EvSchedules
from plugfest.station.blocks.m_certificate_management import ocsp_cache
from plugfest.station.blocks.m_certificate_management.ocsp_cache import OcspCache
from plugfest.station.security.v2g_certificates import V2gCertificates
from plugfest.station.storage.contracts import PresentedContracts

VOLTS = 3 * 230


def _hashed_with(algorithm: HashAlgorithm) -> Callable[[Function], Function]:
    return lambda original: lambda chain, roots, *_: original(chain, roots, algorithm)


def _in_upper_case(data: t.OCSPRequestDataType) -> t.OCSPRequestDataType:
    return msgspec.structs.replace(
        data,
        issuer_name_hash=data.issuer_name_hash.upper(),
        issuer_key_hash=data.issuer_key_hash.upper(),
        serial_number=data.serial_number.upper(),
    )


def _children_reversed(chain: t.CertificateHashDataChainType) -> t.CertificateHashDataChainType:
    children = chain.child_certificate_hash_data
    if not isinstance(children, list):
        return chain
    return msgspec.structs.replace(chain, child_certificate_hash_data=children[::-1])


def _with_hashes_too(original: Function) -> Function:
    """Keeps the data for OCSP beside the certificate."""

    async def ask(context: Any, cache: Any, contract: Any, check: Any) -> Any:
        class Csms:
            online = context.csms.online

            async def call(self, request: Any, **options: Any) -> Any:
                hashes = [ocsp_request_data(data) for data in contract.ocsp]
                if request.certificate is not UNSET:
                    request = msgspec.structs.replace(request, iso15118_certificate_hash_data=hashes or UNSET)
                return await context.csms.call(request, **options)

        class ChangedContext:
            csms = Csms()

        return await original(ChangedContext(), cache, contract, check)

    return ask


def _in_the_other_unit(request: m.NotifyEVChargingScheduleRequest) -> m.NotifyEVChargingScheduleRequest:
    """The plan of a three-phase EV in A instead of W, or the other way round."""
    units = t.ChargingRateUnitEnumType
    schedule = request.charging_schedule
    to_watts = schedule.charging_rate_unit is units.A
    periods = [
        msgspec.structs.replace(each, limit=round(each.limit * VOLTS if to_watts else each.limit / VOLTS - 0.05, 1))
        for each in schedule.charging_schedule_period
    ]
    other = msgspec.structs.replace(
        schedule, charging_rate_unit=units.W if to_watts else units.A, charging_schedule_period=periods
    )
    return msgspec.structs.replace(request, charging_schedule=other)


VARIANTS: tuple[Variant, ...] = (
    *(
        permitted_v201(
            f"hashes certificates for OCSP with {algorithm.value}",
            "HashAlgorithmEnumType",
            "the station chooses the algorithm",
            Patch(contract_rules, "ocsp_data", _hashed_with(algorithm)),
            Patch(ocsp_cache, "ocsp_data", _hashed_with(algorithm)),
        )
        for algorithm in (HashAlgorithm.SHA384, HashAlgorithm.SHA512)
    ),
    permitted_v201(
        "data for OCSP in upper case",
        "OCSPRequestDataType",
        "hexadecimal digits may have either case",
        filter=everywhere(t.OCSPRequestDataType, _in_upper_case),
    ),
    permitted_v201(
        "the sub-CAs of a V2G chain from the root down",
        "M03.FR.05",
        "the order of child certificates is not set",
        filter=everywhere(t.CertificateHashDataChainType, _children_reversed),
    ),
    permitted_v201(
        "the status of the sub-CAs before that of the leaf",
        "M06.FR.07",
        "no order is set",
        Patch(OcspCache, "_data", changed(lambda data: data[::-1])),
    ),
    permitted_v201(
        "keeps the V2G chain of a deleted root",
        "M04.FR.08",
        "the station may delete child certificates",
        Patch(V2gCertificates, "delete_issued_by", NOTHING),
    ),
    permitted_v201(
        "data for OCSP beside the contract certificate",
        "C07.FR.06",
        "they are not needed then, but allowed",
        Patch(authorization, "_ask_about_contract", _with_hashes_too),
    ),
    permitted_v201(
        "stores nothing about the contracts of EVs",
        "N09.FR.06",
        "what a station stores about customers is not set",
        Patch(PresentedContracts, "put", NOTHING),
    ),
    permitted_v201(
        "no plan of an EV that sends none",
        "K15.FR.19",
        "it is only recommended to report the chosen schedule",
        Patch(EvSchedules, "_chosen", NOTHING),
        not_run={"TC_K_53_CS": "the EV of the case sends a plan"},
    ),
    permitted_v201(
        "the plan of an EV in the other unit",
        "K15.FR.10",
        "the unit of the plan is not set",
        filter=changing(m.NotifyEVChargingScheduleRequest, _in_the_other_unit),
    ),
)
