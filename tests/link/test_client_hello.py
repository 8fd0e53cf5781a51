"""The ClientHello, parsed from the bytes on the wire."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.link.cipher_suites import ECDSA_SUITES, OCPP_SUITES, iana_name, openssl_list, suite_name
from plugfest.link.client_hello import ClientHello, HelloReader
from plugfest.link.tls import TLSVersion, client_context


def first_flight(context: ssl.SSLContext, host: str) -> bytes:
    """The first bytes that OpenSSL sends."""
    outgoing = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


def hello(**options: object) -> bytes:
    return first_flight(client_context([], **options), "csms.example.com")


def test_a_modern_client_names_all_its_versions():
    message = HelloReader().feed(hello(cipher_suites=ECDSA_SUITES))
    assert message is not None
    read = ClientHello.parse(message)
    assert read is not None
    assert read.versions == ("TLSv1.3", "TLSv1.2")
    assert read.server_name == "csms.example.com"
    assert [suite for suite in read.cipher_suites if suite in OCPP_SUITES] == list(ECDSA_SUITES)


def test_a_client_without_tls_1_3_names_its_highest_version():
    message = HelloReader().feed(hello(maximum=TLSVersion.TLSv1_2, cipher_suites=ECDSA_SUITES))
    assert message is not None
    read = ClientHello.parse(message)
    assert read == ClientHello(("TLSv1.2",), (*ECDSA_SUITES, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"), "csms.example.com")


@given(st.data())
def test_a_message_in_several_tcp_segments_is_read(data):
    flight = hello()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(flight)))))
    reader = HelloReader()
    messages = [
        message
        for start, end in zip([0, *cuts], [*cuts, len(flight)], strict=True)
        if (message := reader.feed(flight[start:end])) is not None
    ]
    assert messages == [flight[5:]]
    assert reader.done


def test_a_message_in_several_tls_records_is_read():
    flight = hello()
    records = flight[:3] + (10).to_bytes(2) + flight[5:15] + flight[:3] + (len(flight) - 15).to_bytes(2) + flight[15:]
    assert HelloReader().feed(records) == flight[5:]


def test_other_protocols_are_ignored():
    reader = HelloReader()
    assert reader.feed(b"GET / HTTP/1.1\r\n") is None
    assert reader.done


@given(st.binary(max_size=200))
def test_no_bytes_make_the_parser_raise(noise):
    ClientHello.parse(noise)


@given(st.integers(0), st.binary(min_size=1, max_size=3))
def test_no_damage_to_a_hello_makes_the_parser_raise(place, noise):
    message = bytearray(hello()[5:])
    place %= len(message)
    message[place : place + len(noise)] = noise
    ClientHello.parse(bytes(message))


def test_the_table_of_suites_agrees_with_openssl():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    known = {cipher["name"]: cipher["id"] & 0xFFFF for cipher in context.get_ciphers()}
    named = {name: suite_name(code) for name, code in known.items() if not suite_name(code).startswith("0x")}
    assert {name: iana_name(name) for name in named} == named
    assert set(openssl_list(OCPP_SUITES).split(":")) <= known.keys()


def test_a_suite_without_a_name_is_shown_by_its_code():
    assert suite_name(0x1A1A) == "0x1A1A"
