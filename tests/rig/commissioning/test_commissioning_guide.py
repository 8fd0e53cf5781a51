"""The guide has what to configure; a password of the user only if it is wanted."""

import ssl
from hashlib import sha256
from pathlib import Path

import pytest

from plugfest import clock
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import LabSettings
from plugfest.rig.commissioning_guide import CommissioningGuide
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.profile import SecurityProfile

PASSWORD = "a-password-of-the-user"


def guide(
    folder: PkiFolder, profile: SecurityProfile, *, password: str = PASSWORD, shows_password: bool = False
) -> CommissioningGuide:
    pki = folder.pki(clock.SystemClock().now())
    with_certificate = profile is SecurityProfile.TLS_CLIENT_CERTIFICATE
    commissioning = Commissioning(
        csms_url="wss://lab.local:9000",
        identity="CS1",
        password=password,
        security_profile=profile,
        csms_roots=(pki.root_pem,),
        own_key=pki.station("SN-1") if with_certificate else None,
    )
    return CommissioningGuide(commissioning, ["2.0.1"], folder, shows_password=shows_password)


def test_the_page_and_the_files_have_what_to_install(tmp_path: Path) -> None:
    guide(PkiFolder(tmp_path), SecurityProfile.TLS_CLIENT_CERTIFICATE).write_files()
    page = (tmp_path / "README.txt").read_text()
    der = (tmp_path / "root.cer").read_bytes()
    assert ssl.PEM_cert_to_DER_cert((tmp_path / "root.pem").read_text()) == der
    assert sha256(der).hexdigest().upper() in page.replace(":", "")
    for text in ("wss://lab.local:9000/CS1", "subprotocol ocpp2.0.1", "security profile:        3", "station.pem"):
        assert text in page
    assert (tmp_path / "station.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("shown", [True, False])
def test_a_password_of_the_user_is_shown_only_if_it_is_wanted(tmp_path: Path, shown: bool) -> None:
    one = guide(PkiFolder(tmp_path), SecurityProfile.TLS_BASIC, shows_password=shown)
    one.write_files()
    assert all(
        (PASSWORD in text) is shown for text in (one.page(), one.qr_text(), (tmp_path / "README.txt").read_text())
    )
    assert not shown or (tmp_path / "README.txt").stat().st_mode & 0o077 == 0


def test_the_password_of_the_lab_is_shown_because_a_person_has_to_type_it(tmp_path: Path) -> None:
    own = LabSettings().password
    one = guide(PkiFolder(tmp_path), SecurityProfile.TLS_BASIC, password=own)
    assert own in one.page()
    assert own in one.qr_text()


def test_a_station_may_choose_between_the_versions(tmp_path: Path) -> None:
    commissioning = guide(PkiFolder(tmp_path), SecurityProfile.TLS_BASIC).commissioning
    one = CommissioningGuide(commissioning, ["2.0.1", "1.6"], None)
    assert "2.0.1 or 1.6 (subprotocol ocpp2.0.1 or ocpp1.6)" in one.page()
    assert {"ocpp2.0.1", "ocpp1.6"} <= set(one.qr_text().splitlines())


def test_the_qr_code_begins_with_the_url_that_the_station_connects_to(tmp_path: Path) -> None:
    lines = guide(PkiFolder(tmp_path), SecurityProfile.TLS_BASIC).qr_text().splitlines()
    assert lines[:3] == ["wss://lab.local:9000/CS1", "ocpp2.0.1", "security profile 2"]
