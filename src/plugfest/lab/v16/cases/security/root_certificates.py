"""M03, M04, M05: root certificates that are installed, listed and deleted."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.root_certificate import RootCertificate
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.memory.certificate_installed import (
    CSMS,
    certificate_installed,
    csms_root,
    install_root,
    installed_hashes,
    manufacturer_root,
    second_csms_root,
)
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

TLS = ConnectionRequirement((2, 3))

INSTALLED = ("M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04")


def _find_hashes(root: RootCertificate, hashes: list[t.CertificateHashDataType]) -> t.CertificateHashDataType | None:
    return next((data for data in hashes if root.has_hashes(data)), None)


def _serial_numbers(hashes: list[t.CertificateHashDataType]) -> str:
    return ", ".join(data.serial_number for data in hashes) or "none"


async def _installed(bench: Bench, root: RootCertificate) -> None:
    await install_root(bench.step(1, "M05.FR.02"), root)
    bench.step(3, "M03.FR.04")
    hashes = await installed_hashes(bench, root.use)
    _check_present(bench, root, hashes)
    for other in (csms_root(bench), manufacturer_root(bench)):
        if other.use != root.use:
            _check_absent(bench, other, hashes)


def _check_present(
    bench: Bench, root: RootCertificate, hashes: list[t.CertificateHashDataType]
) -> t.CertificateHashDataType:
    """The station reports this root, with the hashes that the lab computes."""
    data = _find_hashes(root, hashes)
    expected = f"the hashes of the {root.use} with serial number {root.certificate.serial_number:x}"
    bench.check(data is not None, expected, _serial_numbers(hashes), frame=bench.csms.answer_frame)
    assert data is not None
    return data


def _check_absent(bench: Bench, root: RootCertificate, hashes: list[t.CertificateHashDataType]) -> None:
    """The station does not report this root."""
    serial_number = f"{root.certificate.serial_number:x}"
    bench.check(
        _find_hashes(root, hashes) is None,
        f"no {root.use} with serial number {serial_number}",
        _serial_numbers(hashes),
        frame=bench.csms.answer_frame,
    )


@case("TC_075_1_CS", requirements=INSTALLED, connected=TLS)
async def manufacturer_root_installed(bench: Bench) -> None:
    await _installed(bench, manufacturer_root(bench))


@case("TC_075_2_CS", requirements=INSTALLED, connected=TLS)
async def csms_root_installed(bench: Bench) -> None:
    """Derived from TC_075_1. The root is not that of the lab's CSMS, which the station already has."""
    await _installed(bench, second_csms_root(bench))


async def _root_to_delete_installed(bench: Bench) -> None:
    await certificate_installed(bench, second_csms_root(bench))


@case(
    "TC_076_CS",
    requirements=("M04.FR.01", "M04.FR.02", "M04.FR.07", "M03.FR.02", "M03.FR.03"),
    connected=TLS,
    before=_root_to_delete_installed,
)
async def deleted(bench: Bench) -> None:
    """A root that the connection does not need: the root in use must not be deleted (M04.FR.06)."""
    root = second_csms_root(bench)
    bench.step(1, "M03.FR.04")
    data = _check_present(bench, root, await installed_hashes(bench, CSMS))
    bench.step(3, "M04.FR.02")
    await bench.call(m.DeleteCertificateRequest(certificate_hash_data=data), status="Accepted")
    bench.step(5, "M04.FR.02")
    _check_absent(bench, root, await installed_hashes(bench, CSMS))
