"""URLs of files: their parts, and one line for an invalid URL."""

import pytest

from plugfest.transfer.errors import TransferFailed, TransferFault
from plugfest.transfer.location import parse_location


def test_a_url_is_parsed() -> None:
    location = parse_location("ftps://user%40home:p%3Ass@files.example.com/a%20b/c.bin?x=1")
    assert (location.scheme, location.host, location.port) == ("ftps", "files.example.com", 990)
    assert (location.path, location.encoded_path, location.query) == ("/a b/c.bin", "/a%20b/c.bin", "x=1")
    assert (location.user, location.password) == ("user@home", "p:ss")


def test_only_what_is_not_ascii_is_encoded_in_a_query() -> None:
    assert parse_location("http://host/log?tok=1%202&x=é").query == "tok=1%202&x=%C3%A9"


def test_messages_have_no_password_and_no_token() -> None:
    location = parse_location("https://user:secret@[::1]:8443/logs/?token=secret")
    assert str(location) == "https://[::1]:8443/logs/"
    assert "secret" not in repr(location).replace(location.query, "")


def test_a_folder_contains_files() -> None:
    folder = parse_location("sftp://host")
    assert folder.is_folder
    assert folder.inside("log.zip").path == "/log.zip"
    assert not folder.inside("log.zip").is_folder


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "the scheme '' is not one of http, https, ftp, ftps, sftp"),
        ("gopher://host/x", "the scheme 'gopher' is not one of"),
        ("C:\\firmware.bin", "the scheme 'c' is not one of"),
        ("http:///x", "the URL has no host or port 0"),
        ("http://host:0/x", "the URL has no host or port 0"),
        ("http://host:99999/x", "Port out of range"),
        ("http://host:port/x", "Port could not be cast"),
        ("ftp://[::1/x", "Invalid IPv6 URL"),
        ("ftp://host/a b", "the URL contains a space or control character"),
        ("ftp://host/a%0d%0aDELE%20b", "the URL contains an encoded control character"),
        ("ftp://us%0aer@host/x", "the URL contains an encoded control character"),
    ],
)
def test_an_invalid_url_is_refused_in_one_line(url: str, why: str) -> None:
    with pytest.raises(TransferFailed) as caught:
        parse_location(url)
    assert caught.value.fault is TransferFault.ADDRESS
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
