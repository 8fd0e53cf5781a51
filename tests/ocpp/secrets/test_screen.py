"""A frame on the screen of its own user."""

import json

import pytest

from plugfest.ocpp.secrets.screen import without_passwords

SECRET = "correct horse battery"


@pytest.mark.parametrize(
    "payload",
    [
        {"key": "AuthorizationKey", "value": SECRET},
        {
            "setVariableData": [
                {
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                    "attributeValue": SECRET,
                }
            ]
        },
        {"connectionData": {"vpn": {"user": SECRET, "password": SECRET, "key": SECRET}}},
        {"location": f"ftp://user:{SECRET.replace(' ', '')}@files.example/log"},
        {"data": json.dumps({"password": SECRET})},
        {"csr": f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}\n-----END EC PRIVATE KEY-----"},
    ],
)
def test_a_password_is_not_shown_and_the_frame_stays_json(payload: dict[str, object]) -> None:
    shown = without_passwords(json.dumps([2, "1", "Action", payload]))
    assert SECRET not in shown
    assert SECRET.replace(" ", "") not in shown
    assert json.loads(shown)[:3] == [2, "1", "Action"]


@pytest.mark.parametrize(
    "text",
    [
        '[2,"1","Authorize",{"idToken":{"idToken":"10000001","type":"ISO14443"}}]',
        '[3,"1",{}]',
        "no JSON",
        "",
    ],
)
def test_everything_else_is_shown_unchanged(text: str) -> None:
    assert without_passwords(text) == text
