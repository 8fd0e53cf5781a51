"""Blocks A and M: V2G certificates, their roots and their OCSP status, contract certificates of EVs."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, with_arguments
from plugfest.security.keys import KeyKind
from plugfest.station.blocks.a_security import v201 as security
from plugfest.station.blocks.a_security.renewal import CertificateRenewal
from plugfest.station.blocks.a_security.v2g_renewal import CombinedCertificateRenewal, V2gCertificateRenewal
from plugfest.station.blocks.m_certificate_management import v201 as block
from plugfest.station.blocks.m_certificate_management.ocsp_cache import OcspCache
from plugfest.station.blocks.m_certificate_management.root_certificates import RootCertificates
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected
from plugfest.station.security.trust_store import MO_ROOT, V2G_ROOT


def _rejecting(use: str) -> Any:
    def make(original: Function) -> Function:
        def install(self: Any, requested: str, pem: str) -> None:
            if requested == use:
                raise CertificateRejected("UnsupportedParam", "")
            original(self, requested, pem)

        return install

    return make


def _without(use: str) -> Any:
    def change(answer: m.GetInstalledCertificateIdsResponse) -> m.GetInstalledCertificateIdsResponse:
        chains = given(answer.certificate_hash_data_chain) or []
        left = [one for one in chains if one.certificate_type != use]
        statuses = t.GetInstalledCertificateStatusEnumType
        status = statuses.Accepted if left else statuses.NotFound
        return msgspec.structs.replace(answer, status=status, certificate_hash_data_chain=left or UNSET)

    return changed(change)


def _as_root(chain: t.CertificateHashDataChainType) -> t.CertificateHashDataChainType:
    return msgspec.structs.replace(chain, certificate_type=t.GetCertificateIdUseEnumType.V2GRootCertificate)


def _sub_ca_first(chain: t.CertificateHashDataChainType) -> t.CertificateHashDataChainType:
    children = given(chain.child_certificate_hash_data) or []
    return msgspec.structs.replace(
        chain,
        certificate_hash_data=children[0],
        child_certificate_hash_data=[chain.certificate_hash_data, *children[1:]],
    )


def _deletes_without_status(original: Function) -> Function:
    async def refresh_one(self: Any, data: Any) -> None:
        await original(self, data)
        if not self._context.trust.v2g.ocsp_responses():
            self._context.trust.v2g.clear()

    return refresh_one


def _serial_number(original: Function) -> Function:
    return lambda self: CertificateRenewal._subject(self)


def _only_for_evs(original: Function) -> Function:
    def use(self: Any, chain: str) -> None:
        key = self._key.pending_key
        self._key.delete()
        self._context.trust.v2g.store_pending_key(key)
        V2gCertificateRenewal._use(self, chain)

    return use


def _success_for_ev(original: Function) -> Function:
    class Port:
        def __init__(self, port: Any) -> None:
            self._port = port

        def answer_certificate_request(self, exi: bytes | None) -> None:
            self._port.answer_certificate_request(exi or b"accepted")

    class Hardware:
        def __init__(self, hardware: Any) -> None:
            self.communications = {number: Port(port) for number, port in hardware.communications.items()}

    class ChangedContext:
        def __init__(self, context: Any) -> None:
            self._context = context
            self.hardware = Hardware(context.hardware)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._context, name)

    async def forward(context: Any, request: Any) -> None:
        await original(ChangedContext(context), request)

    return forward


def _other_action(original: Function) -> Function:
    async def forward(context: Any, request: Any) -> None:
        other = "Update" if request.action.value == "Install" else "Install"
        await original(context, msgspec.structs.replace(request, action=type(request.action)(other)))

    return forward


def _fails_at_once(original: Function) -> Function:
    async def forward(context: Any, request: Any) -> None:
        context.hardware.communications[request.evse_id].answer_certificate_request(None)

    return forward


def _omits_type(original: Function) -> Function:
    return lambda context, use, signing_request: original(context, UNSET, signing_request)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201("rejects V2G roots", "M05.FR.02", "TC_M_03", Patch(RootCertificates, "install", _rejecting(V2G_ROOT))),
    wrong_v201("rejects MO roots", "M05.FR.02", "TC_M_04", Patch(RootCertificates, "install", _rejecting(MO_ROOT))),
    wrong_v201(
        "installs an MO root as a V2G root",
        "M05.FR.01",
        "TC_M_04 TC_M_16",
        Patch(
            RootCertificates,
            "install",
            with_arguments(lambda self, use, pem: (self, V2G_ROOT if use == MO_ROOT else use, pem)),
        ),
    ),
    wrong_v201("omits V2G roots", "M03.FR.04", "TC_M_03 TC_M_14", Patch(block, "_list", _without(V2G_ROOT))),
    wrong_v201("omits MO roots", "M03.FR.04", "TC_M_04 TC_M_16", Patch(block, "_list", _without(MO_ROOT))),
    wrong_v201(
        "omits V2G chains", "M03.FR.05", "TC_M_15 TC_M_25", Patch(block, "_list", _without("V2GCertificateChain"))
    ),
    wrong_v201(
        "omits the sub-CAs of a V2G chain",
        "M03.FR.05",
        "TC_M_15",
        Patch(block, "_chain", changed(lambda one: msgspec.structs.replace(one, child_certificate_hash_data=UNSET))),
    ),
    wrong_v201("reports a V2G chain as a root", "M03.FR.05", "TC_M_15", Patch(block, "_chain", changed(_as_root))),
    wrong_v201(
        "reports the leaf of a V2G chain as a child of its sub-CA",
        "M03.FR.05",
        "TC_M_15",
        Patch(block, "_chain", changed(_sub_ca_first)),
    ),
    wrong_v201(
        "requests a V2G certificate for an RSA key",
        "A02.FR.02",
        "TC_A_12",
        Patch(V2gCertificateRenewal, "_key_kind", always(KeyKind.RSA_2048)),
    ),
    wrong_v201(
        "requests a V2G certificate with its serial number as commonName",
        "A02.FR.03",
        "TC_A_12",
        Patch(V2gCertificateRenewal, "_subject", _serial_number),
    ),
    wrong_v201(
        "omits the type of a V2G certificate in its request",
        "A02.FR.13",
        "TC_A_12",
        Patch(security, "_request_certificate", _omits_type),
    ),
    wrong_v201(
        "accepts a V2G certificate and does not use it",
        "A02.FR.15",
        "TC_M_15 TC_M_24",
        Patch(V2gCertificateRenewal, "_use", NOTHING),
    ),
    wrong_v201(
        "uses a combined certificate for EVs only",
        "A00.FR.428, A02.FR.08",
        "TC_A_13",
        Patch(CombinedCertificateRenewal, "_use", _only_for_evs),
    ),
    wrong_v201(
        "does not request the status of its certificates",
        "M06.FR.06",
        "TC_M_24 TC_M_25",
        Patch(OcspCache, "begin", NOTHING),
    ),
    wrong_v201(
        "requests the status of the leaf only",
        "M06.FR.07",
        "TC_M_24 TC_M_25",
        Patch(OcspCache, "_data", changed(lambda data: data[:1])),
    ),
    wrong_v201(
        "requests the status of the sub-CAs only",
        "M06.FR.07",
        "TC_M_24",
        Patch(OcspCache, "_data", changed(lambda data: data[1:])),
    ),
    wrong_v201(
        "deletes a V2G certificate whose status is not known",
        "M06.FR.04",
        "TC_M_25",
        Patch(OcspCache, "_refresh_one", _deletes_without_status),
    ),
    wrong_v201(
        "does not forward the certificate requests of EVs",
        "M01.FR.01, M02.FR.01",
        "TC_M_26 TC_M_27 TC_M_28 TC_M_29",
        Patch(block, "_forward", _fails_at_once),
    ),
    wrong_v201(
        "mixes up installation and update of a contract certificate",
        "M01.FR.01, M02.FR.01",
        "TC_M_26 TC_M_27 TC_M_28 TC_M_29",
        Patch(block, "_forward", _other_action),
    ),
    wrong_v201(
        "reports success to the EV after the status Failed",
        "M01, M02",
        "TC_M_27 TC_M_29",
        Patch(block, "_forward", _success_for_ev),
    ),
)
