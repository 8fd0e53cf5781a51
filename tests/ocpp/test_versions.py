"""The OCPP versions and their WebSocket subprotocols."""

import pytest

from plugfest.ocpp.versions import V16, V201, by_subprotocol


def test_each_version_is_found_by_its_subprotocol():
    assert by_subprotocol("ocpp2.0.1") is V201
    assert by_subprotocol("ocpp1.6") is V16


@pytest.mark.parametrize("name", ["ocpp2.0", "OCPP1.6", ""])
def test_an_unsupported_subprotocol_is_a_key_error(name):
    with pytest.raises(KeyError):
        by_subprotocol(name)


def test_every_message_of_both_versions_exists():
    assert len(V201.requests) == 64
    assert len(V16.requests) == 39


def test_requests_are_found_by_their_action():
    for protocol in (V16, V201):
        for action, request in protocol.requests.items():
            assert request.__name__ == f"{action}Request"
            assert request.response_type.__name__ == f"{action}Response"
