"""Block M: installation, listing and deletion of root certificates."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_fields
from plugfest.station.blocks.m_certificate_management import root_certificates, rules
from plugfest.station.blocks.m_certificate_management import v201 as block
from plugfest.station.security import trust_store

ADDITIONAL_ROOT_CHECK = "reference-dc"
"""A product with AdditionalRootCertificateCheck."""


def _without_manufacturer(answer: m.GetInstalledCertificateIdsResponse) -> m.GetInstalledCertificateIdsResponse:
    chains = given(answer.certificate_hash_data_chain) or []
    left = [one for one in chains if one.certificate_type != "ManufacturerRootCertificate"]
    return msgspec.structs.replace(answer, certificate_hash_data_chain=left or UNSET)


def _newest_of_each_type(answer: m.GetInstalledCertificateIdsResponse) -> m.GetInstalledCertificateIdsResponse:
    newest = {one.certificate_type: one for one in given(answer.certificate_hash_data_chain) or []}
    return msgspec.structs.replace(answer, certificate_hash_data_chain=list(newest.values()) or UNSET)


def _without_csms_root(answer: m.GetInstalledCertificateIdsResponse) -> m.GetInstalledCertificateIdsResponse:
    chains = given(answer.certificate_hash_data_chain) or []
    left = [one for one in chains if one.certificate_type != "CSMSRootCertificate"]
    status = (
        t.GetInstalledCertificateStatusEnumType.Accepted if left else t.GetInstalledCertificateStatusEnumType.NotFound
    )
    return msgspec.structs.replace(answer, status=status, certificate_hash_data_chain=left or UNSET)


def _of_every_type(original: Function) -> Function:
    def answer(installed: Any, request: Any) -> Any:
        return original(installed, msgspec.structs.replace(request, certificate_type=UNSET))

    return answer


def _replaces_anything(original: Function) -> Function:
    return lambda pem, *, known, replaces, now: original(pem, known=known, replaces=None, now=now)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201("installs an expired root certificate", "M05.FR.07", "TC_M_07", Patch(rules, "verify_root", NOTHING)),
    wrong_v201(
        "accepts a root certificate and does not install it",
        "M05.FR.02",
        "TC_M_01 TC_M_02 TC_M_12 TC_M_13",
        Patch(
            block,
            "_install",
            always(m.InstallCertificateResponse(status=t.InstallCertificateStatusEnumType.Accepted)),
        ),
    ),
    wrong_v201(
        "omits the manufacturer root certificate",
        "M03.FR.04",
        "TC_M_02 TC_M_13",
        Patch(block, "_list", changed(_without_manufacturer)),
    ),
    wrong_v201(
        "reports only the newest root certificate of each type",
        "M03.FR.04",
        "TC_M_12 TC_M_17 TC_M_18",
        Patch(block, "_list", changed(_newest_of_each_type)),
    ),
    wrong_v201(
        "omits the root certificates of the CSMS",
        "M03.FR.04",
        "TC_M_22 TC_M_23",
        Patch(block, "_list", changed(_without_csms_root)),
    ),
    wrong_v201(
        "reports root certificates of other types than requested",
        "M03.FR.03",
        "TC_M_19 TC_M_13 TC_M_02",
        Patch(block, "_list", _of_every_type),
    ),
    wrong_v201(
        "reports serial numbers with leading zeroes",
        "M03.FR.04",
        "TC_M_12",
        Patch(block, "_data", with_fields(serial_number=lambda data: f"00{data.serial_number[:38]}")),
    ),
    wrong_v201(
        "reports the issuer name hash as issuer key hash",
        "M03.FR.04",
        "TC_M_12",
        Patch(block, "_data", with_fields(issuer_key_hash=lambda data: data.issuer_name_hash)),
    ),
    wrong_v201(
        "reports another hash algorithm than the one used",
        "M03.FR.04",
        "TC_M_12",
        Patch(block, "_data", with_fields(hash_algorithm=t.HashAlgorithmEnumType.SHA512)),
    ),
    wrong_v201(
        "answers Accepted to DeleteCertificate and keeps the root certificate",
        "M04.FR.02",
        "TC_M_20",
        Patch(block, "_delete", always(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.Accepted))),
    ),
    wrong_v201(
        "answers Accepted to DeleteCertificate for an unknown certificate",
        "M04.FR.04",
        "TC_M_22 TC_M_23",
        Patch(block, "_delete", always(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.Accepted))),
    ),
    wrong_v201(
        "answers NotFound to DeleteCertificate",
        "M04.FR.02",
        "TC_M_20",
        Patch(block, "_delete", always(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.NotFound))),
    ),
    wrong_v201(
        "accepts a root certificate that the replaced one has not signed",
        "M05.FR.11",
        "TC_M_09",
        Patch(root_certificates, "check_root", _replaces_anything),
        product=ADDITIONAL_ROOT_CHECK,
    ),
    wrong_v201(
        "keeps the replaced root certificate after a successful connection",
        "M05.FR.13",
        "TC_M_30",
        Patch(trust_store.TrustStore, "drop_fallback", NOTHING),
        product=ADDITIONAL_ROOT_CHECK,
    ),
    wrong_v201(
        "does not fall back to the replaced root certificate",
        "M05.FR.14",
        "TC_M_31",
        Patch(trust_store.TrustStore, "has_fallback", always(False)),
        product=ADDITIONAL_ROOT_CHECK,
    ),
)
