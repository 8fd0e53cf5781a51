"""RenewV2GChargingStationCertificate: every SECC of the station has a new certificate under the V2G root (A02)."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import meets
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, Variable
from plugfest.lab.v201.rules.iso15118.known_certificates import requested_hash
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.keys import has_valid_signature, signing_request_from_pem

V2G_CERTIFICATE = t.CertificateSigningUseEnumType.V2GCertificate

COUNTRY = "NL"

MIN_BITS = 256


def is_ecdsa_csr(value: object, secc_id: str | None) -> bool:
    """Whether this is a CSR for a V2G certificate: an EC key of at least 256 bits, and the SeccId as commonName."""
    try:
        request = signing_request_from_pem(str(value))
    except ValueError:
        return False
    key = request.public_key()
    named = secc_id is None or f"CN={secc_id}" in request.subject.rfc4514_string().split(",")
    strong = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= MIN_BITS
    return strong and named and has_valid_signature(request)


def secc_ids(bench: Bench) -> Iterator[tuple[int | None, str | None]]:
    """The EVSE and the SeccId of each SECC; (None, None) if the station has no such variable."""
    found = [
        (variable.evse_id, known.value or None)
        for variable, known in bench.configuration.known.items()
        if (variable.component, variable.name) == ("ISO15118Ctrlr", "SeccId")
    ]
    yield from found or [(None, None)]


def names_of_secc(bench: Bench, evse_id: int | None) -> tuple[Need, ...]:
    """The variables that name a SECC and enable the installation of its certificate, "if implemented"."""
    values = {
        "V2GCertificateInstallationEnabled": "true",
        "CountryName": COUNTRY,
        "OrganizationName": bench.product.vendor[:64],
    }
    return tuple(
        Need(Variable("ISO15118Ctrlr", name, evse_id=each), value, True)
        for name, value in values.items()
        for each in dict.fromkeys((None, evse_id))
    )


async def signing_requested(
    bench: Bench, evse_id: int | None, secc_id: str | None
) -> ReceivedRequest[m.SignCertificateRequest]:
    """Trigger SignCertificate for the certificate of a SECC; the station sends it."""
    bench.csms.inbox.set_mark()
    await bench.call(
        m.TriggerMessageRequest(
            requested_message=t.MessageTriggerEnumType.SignV2GCertificate,
            evse=UNSET if evse_id is None else t.EVSEType(id=evse_id),
        ),
        status="Accepted",
    )
    name = f", with the commonName {secc_id}" if secc_id else ""
    csr = meets(
        f"a certificate signing request in PEM for an EC key of at least {MIN_BITS} bits{name}",
        lambda value: is_ecdsa_csr(value, secc_id),
    )
    return await bench.expect(m.SignCertificateRequest, csr=csr, certificate_type=V2G_CERTIFICATE)  # A02.FR.13


async def v2g_certificate_renewed(bench: Bench) -> list[str]:
    """Renew the certificate of every SECC. Returns the new chains, leaf first, in PEM."""
    ocsp_answered(bench)
    chains = []
    for evse_id, secc_id in secc_ids(bench):
        await bench.configuration.establish(names_of_secc(bench, evse_id))
        request = await signing_requested(bench, evse_id, secc_id)
        chain = bench.commissioner.iso15118.v2g.sign(request.message.csr)
        await bench.call(
            m.CertificateSignedRequest(certificate_chain=chain, certificate_type=V2G_CERTIFICATE), status="Accepted"
        )
        chains.append(chain)
    return chains


def ocsp_answered(bench: Bench) -> None:
    """The CSMS of the lab answers GetCertificateStatus with the response of the OCSP responder (M06.FR.02, FR.03)."""

    def answer(request: m.GetCertificateStatusRequest) -> m.GetCertificateStatusResponse:
        result = bench.commissioner.iso15118.ocsp_result(requested_hash(request.ocsp_request_data))
        if result is None:
            return m.GetCertificateStatusResponse(status=t.GetCertificateStatusEnumType.Failed)
        return m.GetCertificateStatusResponse(status=t.GetCertificateStatusEnumType.Accepted, ocsp_result=result)

    bench.csms.answers.override(m.GetCertificateStatusRequest, answer)
