"""Signed meter values, with and without the public key."""

import base64
import binascii
from collections.abc import Sequence

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.j_meter_values.readings import Reading
from plugfest.lab.v201.metering import REGISTER
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import types as t

PUBLIC_KEY_POLICY = "OCPPCommCtrlr.PublicKeyWithSignedMeterValue"


def check_signatures(bench: Bench, readings: Sequence[Reading]) -> None:
    """Each reading has a signed energy register, with the public key as PublicKeyWithSignedMeterValue requires."""
    signed = [(reading, _signature(bench, reading)) for reading in readings]
    for reading, value in signed:
        bench.check(
            value.public_key == "" or _is_base64(value.public_key),
            "publicKey empty or in base64",
            value.public_key,
            frame=reading.frame,
        )
    policy = bench.configuration.value(PUBLIC_KEY_POLICY)
    with_key = sum(value.public_key != "" for _, value in signed)
    allowed = {"EveryMeterValue": {len(signed)}, "OncePerTransaction": {0, 1}}.get(policy or "Never", {0})
    bench.check(
        with_key in allowed, f"public keys as {PUBLIC_KEY_POLICY} {policy} requires", f"{with_key} of {len(signed)}"
    )


def _signature(bench: Bench, reading: Reading) -> t.SignedMeterValueType:
    registers = [sample for sample in reading.samples if (given(sample.measurand) or REGISTER) == REGISTER]
    signature = next((value for sample in registers if (value := given(sample.signed_meter_value))), None)
    bench.check(signature is not None, "a signedMeterValue with the energy register", "omitted", frame=reading.frame)
    assert signature is not None
    return signature


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except binascii.Error:
        return False
