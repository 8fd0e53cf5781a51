"""URLs of files: what is in them, and one clear line for what is none."""

import pytest

from plugfest.transfer.errors import Fault, TransferFailed
from plugfest.transfer.location import parse_location


def test_a_url_is_taken_apart() -> None:
    location = parse_location("ftps://user%40home:p%3Ass@files.example.com/a%20b/c.bin?x=1")
    assert (location.scheme, location.host, location.port) == ("ftps", "files.example.com", 990)
    assert (location.path, location.query) == ("/a b/c.bin", "x=1")
    assert (location.user, location.password) == ("user@home", "p:ss")


def test_no_password_and_no_token_gets_into_a_message() -> None:
    location = parse_location("https://user:secret@[::1]:8443/logs/?token=secret")
    assert str(location) == "https://[::1]:8443/logs/"
    assert "secret" not in repr(location).replace(location.query, "")


def test_a_folder_holds_files() -> None:
    folder = parse_location("sftp://host")
    assert folder.is_folder
    assert folder.inside("log.zip").path == "/log.zip"
    assert not folder.inside("log.zip").is_folder


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "nothing is none of http, https, ftp, ftps, sftp"),
        ("gopher://host/x", "gopher is none of"),
        ("C:\\firmware.bin", "c is none of"),
        ("http:///x", "it names no server"),
        ("http://host:0/x", "it names no server"),
        ("http://host:99999/x", "Port out of range"),
        ("http://host:port/x", "Port could not be cast"),
        ("ftp://[::1/x", "Invalid IPv6 URL"),
        ("ftp://host/a b", "there is a blank in it"),
        ("ftp://host/a%0d%0aDELE%20b", "there is something unreadable in it"),
        ("ftp://us%0aer@host/x", "there is something unreadable in it"),
    ],
)
def test_what_is_no_address_is_one_line(url: str, why: str) -> None:
    with pytest.raises(TransferFailed) as caught:
        parse_location(url)
    assert caught.value.fault is Fault.ADDRESS
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
