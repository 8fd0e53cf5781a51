"""InstallCertificate, GetInstalledCertificateIds and DeleteCertificate of OCPP 2.0.1 (M03 to M05)."""

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm
from plugfest.station.blocks.m_certificate_management.rules import (
    ROOTS,
    NotTaken,
    check_root,
    hash_of,
    is_leaf,
    same,
)
from plugfest.station.context import Context
from plugfest.station.device_model.standard import claims
from plugfest.station.trust import CSMS_ROOT, Installed
from plugfest.station.v201 import status_info

InstallStatus = t.InstallCertificateStatusEnumType
DeleteStatus = t.DeleteCertificateStatusEnumType


def register(context: Context) -> None:
    block = CertificateBlock(context)
    context.handlers.add(m.InstallCertificateRequest, block.install)
    context.handlers.add(m.GetInstalledCertificateIdsRequest, block.list)
    context.handlers.add(m.DeleteCertificateRequest, block.delete)


class CertificateBlock:
    """Answers for the root certificates."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._trust = context.trust
        self._one_csms_root = claims(context.product, "AS-2")  # AdditionalRootCertificateCheck

    async def install(self, request: m.InstallCertificateRequest) -> m.InstallCertificateResponse:
        try:
            self._install(request.certificate_type.value, request.certificate)
        except NotTaken as error:
            return m.InstallCertificateResponse(
                status=InstallStatus.Rejected, status_info=status_info(error.reason, str(error))
            )
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{request.certificate_type} installed")
        return m.InstallCertificateResponse(status=InstallStatus.Accepted)  # M05.FR.02

    def _install(self, use: str, pem: str) -> None:
        if use not in ROOTS:
            raise NotTaken("UnsupportedParam", f"{use} is not supported")
        replaces = self._trust.csms_root if self._one_csms_root and use == CSMS_ROOT else None
        root = check_root(pem, known=self._trust.roots(use), replaces=replaces, now=self._context.now())
        present = [installed.pem for _, installed in self._trust.installed() if installed.use == use]
        most = self._context.device_model.variable("SecurityCtrlr", "CertificateEntries").characteristics.maximum
        if root.pem not in present and most is not None and len(self._trust) >= most:
            raise NotTaken("OutOfStorage", f"{most:g} certificates are installed")  # M05.FR.06
        if replaces is not None:
            self._trust.replace_csms_root(root.pem)  # M05.FR.12
        else:
            self._trust.install(use, root.pem, issuer_pem=root.issuer_pem)  # M05.FR.17 too

    async def list(self, request: m.GetInstalledCertificateIdsRequest) -> m.GetInstalledCertificateIdsResponse:
        wanted = given(request.certificate_type)
        found = [
            t.CertificateHashDataChainType(
                certificate_type=t.GetCertificateIdUseEnumType(installed.use), certificate_hash_data=_data(installed)
            )
            for _, installed in self._trust.installed()
            if wanted is None or installed.use in wanted
        ]
        if not found:
            return m.GetInstalledCertificateIdsResponse(status=t.GetInstalledCertificateStatusEnumType.NotFound)
        return m.GetInstalledCertificateIdsResponse(
            status=t.GetInstalledCertificateStatusEnumType.Accepted, certificate_hash_data_chain=found
        )

    async def delete(self, request: m.DeleteCertificateRequest) -> m.DeleteCertificateResponse:
        data = request.certificate_hash_data
        meant = CertificateHash(
            HashAlgorithm(data.hash_algorithm), data.issuer_name_hash, data.issuer_key_hash, data.serial_number
        )
        own = self._trust.own.key
        if own is not None and is_leaf(meant, own.chain, self._trust.roots(CSMS_ROOT)):
            return _deleted(DeleteStatus.Failed, "the station's own certificate")  # M04.FR.06
        for key, installed in self._trust.installed():
            if same(hash_of(installed, meant.hash_algorithm), meant):
                return self._delete(key, installed)
        return _deleted(DeleteStatus.NotFound)  # M04.FR.04

    def _delete(self, key: str, installed: Installed) -> m.DeleteCertificateResponse:
        last = len(self._trust.roots(installed.use)) == 1
        if last and installed.use == CSMS_ROOT and not claims(self._context.product, "AQ-1"):
            return _deleted(DeleteStatus.Failed, "the last root of the CSMS")  # M04.FR.03
        self._trust.remove(key)
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{installed.use} deleted")
        return _deleted(DeleteStatus.Accepted)  # M04.FR.02


def _data(installed: Installed) -> t.CertificateHashDataType:
    found = hash_of(installed)
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )


def _deleted(status: DeleteStatus, detail: str | None = None) -> m.DeleteCertificateResponse:
    info = UNSET if detail is None else status_info("UnsupportedRequest", detail)
    return m.DeleteCertificateResponse(status=status, status_info=info)
