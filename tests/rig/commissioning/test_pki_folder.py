"""The root certificate of the lab, which stays the same in every run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from plugfest.rig.pki_folder import PkiFolder, PkiNotUsable
from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.chains import verify_chain
from plugfest.security.keys import key_from_pem, key_to_pem, new_key, subject
from plugfest.security.pki import EC_KEY_USAGE, TestPki, signed, unsigned

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_root_is_created_once(tmp_path: Path) -> None:
    first = PkiFolder(tmp_path / "pki").pki(NOW)
    second = PkiFolder(tmp_path / "pki").pki(NOW)
    assert (tmp_path / "pki" / "root.pem").read_text() == first.root_pem == second.root_pem
    assert (tmp_path / "pki" / "root.key").stat().st_mode & 0o077 == 0


def test_a_certificate_of_a_later_run_chains_to_the_root_of_the_first(tmp_path: Path) -> None:
    root = PkiFolder(tmp_path).pki(NOW).root_pem
    server = PkiFolder(tmp_path).pki(NOW + timedelta(days=7)).csms("lab.local")
    verify_chain(certificates_from_pem(server.chain), certificates_from_pem(root), NOW + timedelta(days=7))


def test_an_existing_root_of_the_user_is_used(tmp_path: Path) -> None:
    own = TestPki(NOW, organization="My Laboratory")
    (tmp_path / "root.pem").write_text(own.root_pem)
    (tmp_path / "root.key").write_text(key_to_pem(own.root.key))
    assert PkiFolder(tmp_path).pki(NOW).root_pem == own.root_pem


def _root_not_for_certificates() -> x509.Certificate:
    """A root whose key usage lacks keyCertSign."""
    name, key = subject("Root", "ACME"), new_key()
    builder = unsigned(name, key.public_key(), None, now=NOW, number=1)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return signed(builder.add_extension(EC_KEY_USAGE, critical=True), key)


def damage(folder: Path, what: str) -> None:
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
        case "not for certificates":
            (folder / "root.pem").write_text(certificate_to_pem(_root_not_for_certificates()))


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("key missing", "root.key is missing: .*root.pem cannot be used without it"),
        ("root missing", "root.pem is missing: .*root.key cannot be used without it"),
        ("other key", "root.key is not the key of"),
        ("no certificate", "root.pem is not a root certificate in PEM"),
        ("no key", "root.key is not an unencrypted private key in PEM"),
        ("no authority", "root.pem cannot issue the certificate of an intermediate CA"),
        ("not for certificates", "root.pem cannot issue the certificate of an intermediate CA"),
    ],
)
def test_an_unusable_file_is_reported_in_one_line(tmp_path: Path, what: str, error: str) -> None:
    damage(tmp_path, what)
    with pytest.raises(PkiNotUsable, match=error) as refused:
        PkiFolder(tmp_path).pki(NOW)
    assert "\n" not in str(refused.value)


def test_an_encrypted_key_is_reported(tmp_path: Path) -> None:
    PkiFolder(tmp_path).pki(NOW)
    key = tmp_path / "root.key"
    encryption = serialization.BestAvailableEncryption(b"secret")
    key.write_bytes(
        key_from_pem(key.read_text()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )
    )
    with pytest.raises(PkiNotUsable, match=r"root\.key is encrypted; give it without a pass phrase"):
        PkiFolder(tmp_path).pki(NOW)


def test_an_expired_root_is_not_used(tmp_path: Path) -> None:
    PkiFolder(tmp_path).pki(NOW)
    with pytest.raises(PkiNotUsable, match="is not valid today"):
        PkiFolder(tmp_path).pki(NOW + timedelta(days=40 * 365))


def test_a_folder_that_cannot_be_created_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PkiNotUsable, match="cannot write"):
        PkiFolder(tmp_path / "file" / "pki").pki(NOW)
