"""URLs, identities and HTTP Basic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.link.errors import InvalidUrl
from plugfest.link.handshake import Handshake, basic, connection_url, identity_in, parse_basic


@pytest.mark.parametrize(
    ("url", "identity", "expected"),
    [
        ("ws://csms.example.com/ocpp", "CS001", "ws://csms.example.com/ocpp/CS001"),
        ("wss://csms.example.com/ocppj", "RDAM 123", "wss://csms.example.com/ocppj/RDAM%20123"),
        ("ws://csms.example.com:9000", "CS001", "ws://csms.example.com:9000/CS001"),
        ("ws://csms.example.com/ocpp/", "a/b", "ws://csms.example.com/ocpp/a%2Fb"),
        ("ws://[::1]:9000/ocpp?tenant=7", "CS001", "ws://[::1]:9000/ocpp/CS001?tenant=7"),
        ("ws://csms/a%20b?tok=1%202", "CS001", "ws://csms/a%20b/CS001?tok=1%202"),
        ("ws://csms/a%20ö?tok=1%202&x=é", "CS001", "ws://csms/a%20%C3%B6/CS001?tok=1%202&x=%C3%A9"),
        ("ws://münchen.example:9000/?x=%C3%A9", "CS001", "ws://xn--mnchen-3ya.example:9000/CS001?x=%C3%A9"),
    ],
)
def test_a_station_appends_its_identity_to_the_endpoint(url, identity, expected):
    assert connection_url(url, identity) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "csms.example.com",
        "http://csms.example.com",
        "ws://",
        "ws://csms:0/",
        "ws://csms:70000/",
        "ws://csms:port/",
        "ws://[::1",
        "ws://csms/#part",
        "ws://user:password@csms/",
        "ws://cs ms/",
        f"ws://{'a' * 64}.example/",
    ],
)
def test_an_invalid_url_is_refused_in_one_line(url):
    with pytest.raises(InvalidUrl) as caught:
        connection_url(url, "CS001")
    assert "\n" not in str(caught.value)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_csms_reads_the_identity_that_the_station_wrote(identity):
    path = connection_url("ws://csms/a/b", identity).removeprefix("ws://csms")
    assert identity_in(path) == identity


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":")), st.binary())
def test_a_csms_reads_the_credentials_that_the_station_wrote(user, password):
    credentials = (user, password.decode(errors="surrogateescape"))
    assert parse_basic(basic(credentials)) == credentials


def test_credentials_are_sent_in_utf_8():
    assert basic(("CS001", "pä:ß")) == "Basic Q1MwMDE6cMOkOsOf"


@pytest.mark.parametrize("header", ["", "Basic", "Bearer abc", "Basic ***", "Basic Q1MwMDE=", "Basic ä"])
def test_a_header_that_is_not_basic_gives_no_credentials(header):
    assert Handshake("CS001", "/CS001", authorization=header).credentials is None


def test_a_handshake_does_not_show_its_password():
    assert "Q1MwMDE6cGFzc3dvcmQ=" not in repr(Handshake("CS001", "/", authorization=basic(("CS001", "password"))))
