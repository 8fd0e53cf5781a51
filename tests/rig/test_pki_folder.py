"""The lab's root certificate, which stays the same from run to run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugfest.rig.pki_folder import PkiFolder, PkiNotUsable
from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.chains import verify_chain
from plugfest.security.keys import key_to_pem, new_key
from plugfest.security.pki import TestPki

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_root_is_made_once(tmp_path: Path) -> None:
    first = PkiFolder(tmp_path / "pki").pki(NOW)
    second = PkiFolder(tmp_path / "pki").pki(NOW)
    assert (tmp_path / "pki" / "root.pem").read_text() == first.root_pem == second.root_pem
    assert (tmp_path / "pki" / "root.key").stat().st_mode & 0o077 == 0


def test_what_is_certified_in_a_later_run_is_trusted_by_the_root_of_the_first(tmp_path: Path) -> None:
    root = PkiFolder(tmp_path).pki(NOW).root_pem
    server = PkiFolder(tmp_path).pki(NOW + timedelta(days=7)).csms("lab.local")
    verify_chain(certificates_from_pem(server.chain), certificates_from_pem(root), NOW + timedelta(days=7))


def test_an_authority_of_one_s_own_is_taken(tmp_path: Path) -> None:
    own = TestPki(NOW, organization="My Laboratory")
    (tmp_path / "root.pem").write_text(own.root_pem)
    (tmp_path / "root.key").write_text(key_to_pem(own.root.key))
    assert PkiFolder(tmp_path).pki(NOW).root_pem == own.root_pem


def spoil(folder: Path, what: str) -> None:
    pki = PkiFolder(folder).pki(NOW)
    match what:
        case "key missing":
            (folder / "root.key").unlink()
        case "root missing":
            (folder / "root.pem").unlink()
        case "other key":
            (folder / "root.key").write_text(key_to_pem(new_key()))
        case "no certificate":
            (folder / "root.pem").write_text("nonsense")
        case "no key":
            (folder / "root.key").write_text("nonsense")
        case "no authority":
            (folder / "root.pem").write_text(certificate_to_pem(certificates_from_pem(pki.csms("x").chain)[0]))


@pytest.mark.parametrize(
    ("what", "complaint"),
    [
        ("key missing", "root.pem is there, but .*root.key is missing"),
        ("root missing", "root.key is there, but .*root.pem is missing"),
        ("other key", "root.key is not the key of"),
        ("no certificate", "root.pem is no root certificate in PEM"),
        ("no key", "root.key is no private key in PEM"),
        ("no authority", "root.pem is no certificate that may certify a sub CA"),
    ],
)
def test_what_is_there_and_cannot_be_used_is_one_line(tmp_path: Path, what: str, complaint: str) -> None:
    spoil(tmp_path, what)
    with pytest.raises(PkiNotUsable, match=complaint) as refused:
        PkiFolder(tmp_path).pki(NOW)
    assert "\n" not in str(refused.value)


def test_a_root_of_another_decade_is_not_used(tmp_path: Path) -> None:
    PkiFolder(tmp_path).pki(NOW)
    with pytest.raises(PkiNotUsable, match="is not valid today"):
        PkiFolder(tmp_path).pki(NOW + timedelta(days=40 * 365))


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PkiNotUsable, match="cannot write"):
        PkiFolder(tmp_path / "file" / "pki").pki(NOW)
