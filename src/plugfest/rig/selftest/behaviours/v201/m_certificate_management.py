"""Wrong in block M: which roots a station trusts, and what it tells of them."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, later, later_changed, with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.m_certificate_management import root_certificates, rules
from plugfest.station.blocks.m_certificate_management import v201 as block
from plugfest.station.security import trust_store

REPLACES = "reference-dc"
"""With AdditionalRootCertificateCheck."""


def _without_manufacturer(answer: m.GetInstalledCertificateIdsResponse) -> m.GetInstalledCertificateIdsResponse:
    chains = given(answer.certificate_hash_data_chain) or []
    left = [one for one in chains if one.certificate_type != "ManufacturerRootCertificate"]
    return msgspec.structs.replace(answer, certificate_hash_data_chain=left or UNSET)


def _of_every_kind(right: Function) -> Function:
    async def answer(installed: Any, request: Any) -> Any:
        return await right(installed, msgspec.structs.replace(request, certificate_type=UNSET))

    return answer


def _replaces_anything(right: Function) -> Function:
    return lambda pem, *, known, replaces, now: right(pem, known=known, replaces=None, now=now)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong("a root that has expired is installed", "M05.FR.07", "TC_M_07", Patch(rules, "verify_root", NOTHING)),
    wrong(
        "a root is accepted and not installed",
        "M05.FR.02",
        "TC_M_01 TC_M_02 TC_M_12 TC_M_13",
        Patch(
            block,
            "_install",
            later(m.InstallCertificateResponse(status=t.InstallCertificateStatusEnumType.Accepted)),
        ),
    ),
    wrong(
        "the root of the manufacturer is not told",
        "M03.FR.04",
        "TC_M_02 TC_M_13",
        Patch(block, "_list", later_changed(_without_manufacturer)),
    ),
    wrong(
        "roots of every kind are told", "M03.FR.03", "TC_M_19 TC_M_13 TC_M_02", Patch(block, "_list", _of_every_kind)
    ),
    wrong(
        "serial numbers are told with leading zeroes",
        "M03.FR.04",
        "TC_M_12",
        Patch(block, "_data", with_fields(serial_number=lambda data: f"00{data.serial_number[:38]}")),
    ),
    wrong(
        "the hash of the issuer's name is told twice",
        "M03.FR.04",
        "TC_M_12",
        Patch(block, "_data", with_fields(issuer_key_hash=lambda data: data.issuer_name_hash)),
    ),
    wrong(
        "the hash is by another algorithm than the one that is told",
        "M03.FR.04",
        "TC_M_12",
        Patch(block, "_data", with_fields(hash_algorithm=t.HashAlgorithmEnumType.SHA512)),
    ),
    wrong(
        "a root is said to be deleted and kept",
        "M04.FR.02",
        "TC_M_20",
        Patch(block, "_delete", later(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.Accepted))),
    ),
    wrong(
        "a root that there is not is said to be deleted",
        "M04.FR.04",
        "TC_M_22 TC_M_23",
        Patch(block, "_delete", later(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.Accepted))),
    ),
    wrong(
        "no root is ever found",
        "M04.FR.02",
        "TC_M_20",
        Patch(block, "_delete", later(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.NotFound))),
    ),
    wrong(
        "a root replaces another that has not signed it",
        "M05.FR.11",
        "TC_M_09",
        Patch(root_certificates, "check_root", _replaces_anything),
        product=REPLACES,
    ),
    wrong(
        "a root that was replaced is kept",
        "M05.FR.13",
        "TC_M_30",
        Patch(trust_store.TrustStore, "drop_fallback", NOTHING),
        product=REPLACES,
    ),
    wrong(
        "a root that was replaced is no way back",
        "M05.FR.14",
        "TC_M_31",
        Patch(trust_store.TrustStore, "has_fallback", always(False)),
        product=REPLACES,
    ),
)
