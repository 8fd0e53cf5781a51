"""The key of a lab: created once, readable by its owner only, never replaced."""

import errno
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugfest.reports.signing import lab_key
from plugfest.reports.signing.lab_key import InvalidKey, default_path, existing_signer, load_signer
from plugfest.reports.signing.signer import is_valid_signature
from plugfest.security.keys import key_to_pem, new_key

A_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def pem_of(key: Ed25519PrivateKey, passphrase: bytes = b"") -> bytes:
    how = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path / "home")}


def test_it_is_created_on_first_use_and_kept(environment: dict[str, str]) -> None:
    assert load_signer(None, environment).fingerprint == load_signer(None, environment).fingerprint


def test_only_the_owner_may_read_it(environment: dict[str, str]) -> None:
    load_signer(None, environment)
    assert stat.S_IMODE(default_path(environment).stat().st_mode) == 0o600
    assert [one.name for one in default_path(environment).parent.iterdir()] == ["lab-key.pem"]


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"XDG_DATA_HOME": "/data", "HOME": "/home/me"}, "/data/plugfest/lab-key.pem"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/home/me"}, "/home/me/.local/share/plugfest/lab-key.pem"),
        ({"HOME": "/home/me"}, "/home/me/.local/share/plugfest/lab-key.pem"),
    ],
)
def test_it_is_in_the_data_folder_of_the_user(environment: dict[str, str], path: str) -> None:
    assert default_path(environment) == Path(path)


def test_a_key_identifies_the_lab(environment: dict[str, str]) -> None:
    lab = load_signer(None, environment)
    assert len(lab.fingerprint) == 64
    assert lab.instance_id == lab.fingerprint[:32]
    assert is_valid_signature(b"message", lab.sign(b"message"), lab.public_key)
    assert not is_valid_signature(b"massage", lab.sign(b"message"), lab.public_key)


def test_another_key_file_may_be_given(environment: dict[str, str], tmp_path: Path) -> None:
    one, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    (tmp_path / "one.pem").write_bytes(pem_of(one))
    (tmp_path / "other.pem").write_bytes(pem_of(other))
    environment[lab_key.LAB_KEY] = str(tmp_path / "one.pem")
    assert load_signer(None, environment).public_key == one.public_key().public_bytes_raw().hex()
    assert load_signer(tmp_path / "other.pem", environment).public_key == other.public_key().public_bytes_raw().hex()
    assert not default_path(environment).exists()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "has no private key in PEM format"),
        (b"\xff\xfe", "has no private key in PEM format"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "has no private key in PEM format"),
        (pem_of(A_KEY)[:60], "has no private key in PEM format"),
        (pem_of(A_KEY, b"secret"), "is encrypted"),
        (key_to_pem(new_key()).encode(), "is not an Ed25519 key"),
    ],
)
def test_an_invalid_key_is_one_line(environment: dict[str, str], tmp_path: Path, content: bytes, line: str) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(InvalidKey, match=line) as raised:
        load_signer(path, environment)
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == content


def test_a_given_key_file_is_never_created(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InvalidKey, match="openssl genpkey -algorithm ed25519 -out"):
        load_signer(tmp_path / "missing.pem", environment)
    assert not (tmp_path / "missing.pem").exists()


def test_a_folder_is_not_a_key(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InvalidKey, match=r"cannot read the key file .*: Is a directory"):
        load_signer(tmp_path, environment)


def test_a_key_that_cannot_be_created_is_one_line(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path, __: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("os.link", refuse)
    with pytest.raises(
        InvalidKey,
        match=r"cannot create the lab's key .*lab-key\.pem: Read-only file system; --key or PLUGFEST_LAB_KEY",
    ):
        load_signer(None, environment)
    assert list(default_path(environment).parent.iterdir()) == []


def test_a_data_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(InvalidKey, match=r"cannot read the key file .*lab-key\.pem: Not a directory"):
        load_signer(None, {"XDG_DATA_HOME": str(tmp_path / "data")})


def test_verification_creates_no_key(environment: dict[str, str]) -> None:
    assert existing_signer(environment) is None
    assert not default_path(environment).exists()
    made = load_signer(None, environment)
    known = existing_signer(environment)
    assert known is not None
    assert known.fingerprint == made.fingerprint


def test_processes_that_create_it_at_once_get_the_same(environment: dict[str, str]) -> None:
    module = "plugfest.reports.signing.lab_key"
    program = f"from {module} import load_signer; print(load_signer(None, {environment!r}).fingerprint)"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    outputs = [process.communicate()[0] for process in started]
    assert len(outputs) == 6
    assert {one.strip() for one in outputs} == {load_signer(None, environment).fingerprint}
