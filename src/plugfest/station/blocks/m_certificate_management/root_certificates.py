"""The root certificates of a station: installed, listed and deleted (M03 to M05), in any version of OCPP."""

from enum import StrEnum

from plugfest.security.certificates import CertificateHash
from plugfest.station.blocks.m_certificate_management.rules import (
    ROOTS,
    CertificateRejected,
    check_root,
    hash_of,
    is_leaf,
    same,
)
from plugfest.station.context import Context
from plugfest.station.security.trust_store import CSMS_ROOT, InstalledRoot
from plugfest.station.setup.capabilities import Capability, has_capability


class DeleteCertificateStatus(StrEnum):
    """What became of a wish to delete a certificate, in OCPP's words."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_FOUND = "NotFound"


class RootCertificates:
    """Answers for the root certificates. Uses are in the words of OCPP 2.0.1."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._trust = context.trust
        self._one_csms_root = has_capability(
            context.product, Capability.ONE_CSMS_ROOT
        )  # AdditionalRootCertificateCheck

    def install(self, use: str, pem: str) -> None:
        """Trust a root. Raises NotTaken."""
        if use not in ROOTS:
            raise CertificateRejected("UnsupportedParam", f"{use} is not supported")
        replaces = self._trust.csms_root if self._one_csms_root and use == CSMS_ROOT else None
        root = check_root(pem, known=self._trust.roots(use), replaces=replaces, now=self._context.now())
        present = [installed.pem for _, installed in self._trust.installed() if installed.use == use]
        most = self._context.device_model.variable("SecurityCtrlr", "CertificateEntries").characteristics.maximum
        if root.pem not in present and most is not None and len(self._trust) >= most:
            raise CertificateRejected("OutOfStorage", f"{most:g} certificates are installed")  # M05.FR.06
        if replaces is not None:
            self._trust.replace_csms_root(root.pem)  # M05.FR.12
        else:
            self._trust.install(use, root.pem, issuer_pem=root.issuer_pem)  # M05.FR.17 too
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{use} installed")

    def installed(self) -> list[InstalledRoot]:
        """All that there are, the oldest first."""
        return [installed for _, installed in self._trust.installed()]

    def delete(self, meant: CertificateHash) -> tuple[DeleteCertificateStatus, str | None]:
        """Trust a root no longer. Says what became of it, and why not in words."""
        own = self._trust.own.key
        if own is not None and is_leaf(meant, own.chain, self._trust.roots(CSMS_ROOT)):
            return DeleteCertificateStatus.FAILED, "the station's own certificate"  # M04.FR.06
        for key, installed in self._trust.installed():
            if same(hash_of(installed, meant.hash_algorithm), meant):
                return self._delete(key, installed)
        return DeleteCertificateStatus.NOT_FOUND, None  # M04.FR.04

    def in_use(self, meant: CertificateHash) -> bool:
        """Whether this is the root by which the connection to the CSMS holds."""
        return any(
            self._trust.in_use(installed) and same(hash_of(installed, meant.hash_algorithm), meant)
            for _, installed in self._trust.installed()
        )

    def _delete(self, key: str, installed: InstalledRoot) -> tuple[DeleteCertificateStatus, str | None]:
        last = len(self._trust.roots(installed.use)) == 1
        if (
            last
            and installed.use == CSMS_ROOT
            and not has_capability(self._context.product, Capability.LAST_ROOT_DELETABLE)
        ):
            return DeleteCertificateStatus.FAILED, "the last root of the CSMS"  # M04.FR.03
        self._trust.remove(key)
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{installed.use} deleted")
        return DeleteCertificateStatus.ACCEPTED, None  # M04.FR.02
