"""Installation, listing and deletion of certificates (M03 to M05), in any OCPP version."""

from enum import StrEnum

from plugfest.security.certificates import CertificateHash, certificates_from_pem, same_certificate
from plugfest.station.blocks.m_certificate_management.rules import (
    ISO15118_ROOTS,
    ROOTS,
    CertificateRejected,
    chain_hashes,
    check_root,
    find_in_chain,
    hash_of,
    is_leaf,
)
from plugfest.station.context import Context
from plugfest.station.security.trust_store import CSMS_ROOT, V2G_ROOT, InstalledRoot
from plugfest.station.setup.capabilities import Capability, has_capability


class DeleteCertificateStatus(StrEnum):
    """The status of the answer to DeleteCertificate."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_FOUND = "NotFound"


class RootCertificates:
    """The root certificates of the station, and the V2G chains below them.

    `use`: InstallCertificateUseEnumType of OCPP 2.0.1.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._trust = context.trust
        self._one_csms_root = has_capability(
            context.product, Capability.ONE_CSMS_ROOT
        )  # AdditionalRootCertificateCheck
        iso15118 = has_capability(context.product, Capability.HIGH_LEVEL_COMMUNICATION)
        self._uses = ROOTS | ISO15118_ROOTS if iso15118 else ROOTS

    def install(self, use: str, pem: str) -> None:
        """Install a root certificate. Raises CertificateRejected."""
        try:
            self._install(use, pem)
        except CertificateRejected as error:
            self._context.security_event("CertificateRejected", f"{use}: {error}")
            raise
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{use} installed")

    def _install(self, use: str, pem: str) -> None:
        if use not in self._uses:
            raise CertificateRejected("UnsupportedParam", f"{use} is not supported")
        replaces = self._trust.csms_root if self._one_csms_root and use == CSMS_ROOT else None
        root = check_root(pem, known=self._trust.roots(use), replaces=replaces, now=self._context.now())
        present = [installed.pem for _, installed in self._trust.installed() if installed.use == use]
        maximum = self._context.device_model.variable("SecurityCtrlr", "CertificateEntries").characteristics.maximum
        if root.pem not in present and maximum is not None and len(self._trust) >= maximum:
            raise CertificateRejected("OutOfStorage", f"{maximum:g} certificates are installed")  # M05.FR.06
        if replaces is not None:
            self._trust.replace_csms_root(root.pem)  # M05.FR.12
        else:
            self._trust.install(use, root.pem, issuer_pem=root.issuer_pem)  # also M05.FR.17

    def installed(self) -> list[InstalledRoot]:
        """All root certificates, oldest first."""
        return [installed for _, installed in self._trust.installed()]

    def v2g_chains(self) -> list[list[CertificateHash]]:
        """The hash data of every V2G chain without its root, leaf first (M03.FR.05)."""
        roots = self._trust.roots(V2G_ROOT)
        return [hashes for key in self._trust.v2g.installed() if (hashes := chain_hashes(key.chain, roots))]

    def delete(self, requested: CertificateHash) -> tuple[DeleteCertificateStatus, str | None]:
        """Delete a root certificate or a V2G chain. Returns the status, and the reason for a failure in words."""
        own = self._trust.own.key
        if own is not None and is_leaf(requested, own.chain, self._trust.roots(CSMS_ROOT)):
            return self._keep("the station's own certificate")  # M04.FR.06
        for key, installed in self._trust.installed():
            if same_certificate(hash_of(installed, requested.hash_algorithm), requested):
                return self._delete(key, installed)
        return self._delete_chain(requested)

    def delete_unused(self, requested: CertificateHash) -> tuple[DeleteCertificateStatus, str | None]:
        """As `delete`, but the root that verifies the certificate of the CSMS in the current connection remains."""
        if self._in_use(requested):
            return self._keep("the root of the current connection")
        return self.delete(requested)

    def _in_use(self, requested: CertificateHash) -> bool:
        return any(
            self._trust.in_use(installed) and same_certificate(hash_of(installed, requested.hash_algorithm), requested)
            for _, installed in self._trust.installed()
        )

    def _delete(self, key: str, installed: InstalledRoot) -> tuple[DeleteCertificateStatus, str | None]:
        last = len(self._trust.roots(installed.use)) == 1
        if (
            last
            and installed.use == CSMS_ROOT
            and not has_capability(self._context.product, Capability.LAST_ROOT_DELETABLE)
        ):
            return self._keep("the last root of the CSMS")  # M04.FR.03
        self._trust.remove(key)
        if installed.use == V2G_ROOT:
            self._trust.v2g.delete_issued_by(certificates_from_pem(installed.pem)[0])  # M04.FR.08
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{installed.use} deleted")
        return DeleteCertificateStatus.ACCEPTED, None  # M04.FR.02

    def _delete_chain(self, requested: CertificateHash) -> tuple[DeleteCertificateStatus, str | None]:
        """Delete the V2G chains below a sub-CA. The SECC's own certificate is a Charging Station Certificate."""
        for key in self._trust.v2g.installed():
            roots = self._trust.roots(V2G_ROOT)
            found = find_in_chain(requested, key.chain, roots)
            if found is not None and is_leaf(requested, key.chain, roots):
                return self._keep("the station's own certificate")  # M04.FR.06
            if found is not None:
                self._trust.v2g.delete_issued_by(found)  # M04.FR.08
                self._context.security_event("ReconfigurationOfSecurityParameters", "V2GCertificateChain deleted")
                return DeleteCertificateStatus.ACCEPTED, None  # M04.FR.02
        return DeleteCertificateStatus.NOT_FOUND, None  # M04.FR.04

    def _keep(self, reason: str) -> tuple[DeleteCertificateStatus, str]:
        self._context.security_event("CertificateNotDeleted", reason)
        return DeleteCertificateStatus.FAILED, reason
