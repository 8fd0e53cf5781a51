"""Signed meter values (J01.FR.21, J02.FR.21, and the Open Charge Alliance's application note on them)."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.station.scene import Scene, scene

from plugfest.clock import run_simulated
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

INTERVAL = {"SampledDataCtrlr__TxUpdatedInterval": "20", "AlignedDataCtrlr__Interval": "30"}
SIGN_ALL = {"SampledDataCtrlr__SignReadings": "true", "AlignedDataCtrlr__SignReadings": "true"}


def play(body: Callable[[Scene], Awaitable[None]], **settings: str) -> None:
    async def run() -> None:
        async with scene("reference-ac", start="EVConnected", stop="Authorized", **settings) as it:
            await body(it)

    run_simulated(run())


async def whole_session(it: Scene) -> None:
    it.operator.plug_in(1, 1)
    it.operator.present_token("A", "ISO14443", 1)
    await asyncio.sleep(65)
    it.operator.present_token("A", "ISO14443", 1)
    await asyncio.sleep(1)


def samples(it: Scene) -> Iterator[tuple[str, t.SampledValueType]]:
    """The register's values, each with the type of the event that told it."""
    for event in it.events:
        for value in given(event.meter_value) or []:
            for sample in value.sampled_value:
                if sample.measurand is t.MeasurandEnumType.Energy_Active_Import_Register:
                    yield event.event_type.value, sample


def signed(it: Scene) -> set[tuple[str, str]]:
    """Which kinds of values are signed, as (eventType, context). All of a kind are, or none."""
    found = [(kind, str(sample.context), given(sample.signed_meter_value) is not None) for kind, sample in samples(it)]
    kinds = {(kind, context) for kind, context, is_signed in found if is_signed}
    assert kinds.isdisjoint((kind, context) for kind, context, is_signed in found if not is_signed)
    return kinds


END = {("Ended", "Transaction.Begin"), ("Ended", "Transaction.End")}
BEGIN = {("Started", "Transaction.Begin")}
PERIODIC = {("Updated", "Sample.Periodic")}
CLOCK = {("Updated", "Sample.Clock")}


@pytest.mark.parametrize(
    ("started", "updated", "aligned", "expected"),
    [
        ("false", "false", "false", END),
        ("true", "false", "false", END | BEGIN),
        ("true", "true", "false", END | BEGIN | PERIODIC),
        ("true", "false", "true", END | BEGIN | CLOCK),
        ("true", "true", "true", END | BEGIN | PERIODIC | CLOCK),
    ],
)
def test_the_settings_choose_what_is_signed(
    started: str, updated: str, aligned: str, expected: set[tuple[str, str]]
) -> None:
    async def body(it: Scene) -> None:
        await whole_session(it)
        assert signed(it) == expected

    play(
        body,
        **INTERVAL,
        **SIGN_ALL,
        SampledDataCtrlr__SignStartedReadings=started,
        SampledDataCtrlr__SignUpdatedReadings=updated,
        AlignedDataCtrlr__SignUpdatedReadings=aligned,
    )


def test_nothing_is_signed_unless_somebody_wants_it() -> None:
    async def body(it: Scene) -> None:
        await whole_session(it)
        assert signed(it) == set()

    play(body, **INTERVAL)


def test_each_signature_is_of_the_value_beside_it_and_of_the_key_in_the_device_model() -> None:
    async def body(it: Scene) -> None:
        await whole_session(it)
        key = await public_key(it, 1)
        for _, sample in samples(it):
            value = given(sample.signed_meter_value)
            assert value is not None
            assert (value.signing_method, value.encoding_method, value.public_key) == ("", "OCMF", "")
            _, payload, mark = base64.b64decode(value.signed_meter_data).decode().split("|")
            signature = msgspec.json.decode(mark)
            assert signature["SA"] == "ECDSA-secp256r1-SHA256"
            key.verify(bytes.fromhex(signature["SD"]), payload.encode(), ec.ECDSA(hashes.SHA256()))
            reading = msgspec.json.decode(payload)["RD"][0]
            assert reading["RV"] * 1000 == pytest.approx(sample.value, abs=0.1)

    play(body, **INTERVAL, **SIGN_ALL)


async def public_key(it: Scene, evse_id: int) -> ec.EllipticCurvePublicKey:
    component = t.ComponentType(name="FiscalMetering", evse=t.EVSEType(id=evse_id))
    wanted = t.GetVariableDataType(component=component, variable=t.VariableType(name="PublicKey"))
    answer = await it.csms.call(m.GetVariablesRequest(get_variable_data=[wanted]))
    told = given(answer.get_variable_result[0].attribute_value)
    assert told is not None
    marker, encoding, content, printed = base64.b64decode(told).decode().split(":")
    assert (marker, encoding, content) == ("oca", "base16", "asn1")
    key = serialization.load_der_public_key(bytes.fromhex(printed))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


@pytest.mark.parametrize(
    ("policy", "keys"), [("Never", "none"), ("OncePerTransaction", "one"), ("EveryMeterValue", "all")]
)
def test_the_key_comes_along_as_often_as_configured(policy: str, keys: str) -> None:
    async def body(it: Scene) -> None:
        await whole_session(it)
        told = [value.public_key != "" for _, sample in samples(it) if (value := given(sample.signed_meter_value))]
        assert {"none": 0, "one": 1, "all": len(told)}[keys] == sum(told)
        assert len(told) > 3

    play(body, **INTERVAL, **SIGN_ALL, OCPPCommCtrlr__PublicKeyWithSignedMeterValue=policy)
