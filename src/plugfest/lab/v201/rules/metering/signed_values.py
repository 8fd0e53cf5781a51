"""Signed meter values of OCPP 2.0.1 are base64, in every message."""

import base64
import binascii
from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def _judge_encoding(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.station_requests:
        for value in signed_values(exchange.request):
            for name, text in (("signedMeterData", value.signed_meter_data), ("publicKey", value.public_key)):
                if not is_base64(text):
                    yield Violation(f"signedMeterValue.{name} in base64", text, exchange.frame)


def signed_values(request: object) -> Iterator[t.SignedMeterValueType]:
    """The signed meter values in a message."""
    if isinstance(request, m.TransactionEventRequest | m.MeterValuesRequest):
        for meter_value in given(request.meter_value) or ():
            for sample in meter_value.sampled_value:
                signed = given(sample.signed_meter_value)
                if signed is not None:
                    yield signed


def is_base64(text: str) -> bool:
    """Whether a text is base64, in one line or in several. An empty text is."""
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


SIGNED_VALUES = Rule("encoding of signed meter values", "SignedMeterValueType", _judge_encoding)
