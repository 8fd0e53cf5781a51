"""The station's root certificates: which are there, and that after a case the same are there as before it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from cryptography import x509

from plugfest.lab.verdict import LabError
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import HashAlgorithm, certificate_hash, certificates_from_pem

if TYPE_CHECKING:
    from plugfest.lab.csms.csms import Csms

CHANGES: tuple[type[Request[Any]], ...] = (m.InstallCertificateRequest, m.DeleteCertificateRequest)
"""The requests that change what is installed."""

Entry: TypeAlias = tuple[str, t.CertificateHashDataType]
"""A certificate that a station says it has: its use, and its hashes in the form that `normal` gives them."""


class NotPutBack(LabError):
    """The station's certificates are not what they were before the case."""


def hash_data(
    certificate: x509.Certificate, issuer: x509.Certificate, algorithm: str = "SHA256"
) -> t.CertificateHashDataType:
    """A certificate by its hashes, as OCPP names it. The issuer of a root is the root itself."""
    found = certificate_hash(certificate, issuer, HashAlgorithm(algorithm))
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )


def normal(data: t.CertificateHashDataType) -> t.CertificateHashDataType:
    """The same with small letters: what is hexadecimal may be written with large ones."""
    return t.CertificateHashDataType(
        hash_algorithm=data.hash_algorithm,
        issuer_name_hash=data.issuer_name_hash.lower(),
        issuer_key_hash=data.issuer_key_hash.lower(),
        serial_number=data.serial_number.lower(),
    )


def entries(response: m.GetInstalledCertificateIdsResponse) -> set[Entry]:
    """What a station says that it has."""
    return {
        (one.certificate_type.value, normal(one.certificate_hash_data))
        for one in given(response.certificate_hash_data_chain) or ()
    }


class InstalledCertificates:
    """Remembers what was installed before a case changed it, and puts that back."""

    def __init__(self, csms: "Csms", *, timeout: float) -> None:
        self._csms = csms
        self._timeout = timeout
        self._before: set[Entry] | None = None

    async def remember(self) -> None:
        """Look at what is installed, unless that was done in this case before. Raises LinkError."""
        if self._before is None:
            self._before = await self._installed()

    def forget(self) -> None:
        """What was installed went with the station's old configuration."""
        self._before = None

    async def restore(self, known: Sequence[str]) -> None:
        """Install again what was deleted, delete what was installed, and look whether that is so.

        `known` are the certificates in PEM that the lab can install again.

        Raises NotPutBack, or LinkError.
        """
        if self._before is None:
            return
        before = self._before
        now = await self._installed()
        for use, data in before - now:
            await self._install(use, data, known)
        kept = {entry for entry in now - before if not await self._delete(entry, now)}
        if await self._installed() != before | kept:
            raise NotPutBack("the installed certificates are not those that were there before the case")
        self._before = None

    async def _installed(self) -> set[Entry]:
        return entries(await self._csms.call(m.GetInstalledCertificateIdsRequest(), timeout=self._timeout))

    async def _install(self, use: str, data: t.CertificateHashDataType, known: Iterable[str]) -> None:
        for pem in known:
            (root,) = certificates_from_pem(pem)
            if normal(hash_data(root, root, data.hash_algorithm)) == data:
                await self._csms.call(
                    m.InstallCertificateRequest(certificate_type=t.InstallCertificateUseEnumType(use), certificate=pem),
                    timeout=self._timeout,
                )
                return
        raise NotPutBack(f"the case deleted a {use} that the lab does not have")

    async def _delete(self, entry: Entry, now: set[Entry]) -> bool:
        """False if the station keeps the last certificate of a kind, as M04.FR.03 lets it."""
        use, data = entry
        request = m.DeleteCertificateRequest(certificate_hash_data=data)
        response = await self._csms.call(request, timeout=self._timeout)
        if response.status == "Accepted":
            return True
        if response.status == "Failed" and [one for one, _ in now].count(use) == 1:
            return False
        raise NotPutBack(f"the station does not delete a {use} that the case installed: {response.status}")
