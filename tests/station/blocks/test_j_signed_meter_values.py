"""Signed meter values (J01.FR.21, J02.FR.21, and the Open Charge Alliance's application note on them)."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.station.station_bench import StationBench, station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

INTERVAL = {"SampledDataCtrlr__TxUpdatedInterval": "20", "AlignedDataCtrlr__Interval": "30"}
SIGN_ALL = {"SampledDataCtrlr__SignReadings": "true", "AlignedDataCtrlr__SignReadings": "true"}


def run_on_bench(body: Callable[[StationBench], Awaitable[None]], **settings: str) -> None:
    async def run() -> None:
        async with station_bench("reference-ac", start="EVConnected", stop="Authorized", **settings) as bench:
            await body(bench)

    run_simulated(run())


async def whole_session(bench: StationBench) -> None:
    bench.hardware.plug_in(1, 1)
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(65)
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(1)


def samples(bench: StationBench) -> Iterator[tuple[str, t.SampledValueType]]:
    """The register values, each with the type of its event."""
    for event in bench.events:
        for value in given(event.meter_value) or []:
            for sample in value.sampled_value:
                if sample.measurand is t.MeasurandEnumType.Energy_Active_Import_Register:
                    yield event.event_type.value, sample


def signed(bench: StationBench) -> set[tuple[str, str]]:
    """Which values are signed, as (eventType, context): all with the same pair, or none."""
    found = [
        (kind, str(sample.context), given(sample.signed_meter_value) is not None) for kind, sample in samples(bench)
    ]
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
    async def body(bench: StationBench) -> None:
        await whole_session(bench)
        assert signed(bench) == expected

    run_on_bench(
        body,
        **INTERVAL,
        **SIGN_ALL,
        SampledDataCtrlr__SignStartedReadings=started,
        SampledDataCtrlr__SignUpdatedReadings=updated,
        AlignedDataCtrlr__SignUpdatedReadings=aligned,
    )


def test_nothing_is_signed_by_default() -> None:
    async def body(bench: StationBench) -> None:
        await whole_session(bench)
        assert signed(bench) == set()

    run_on_bench(body, **INTERVAL)


def test_each_signature_matches_its_value_and_the_key_in_the_device_model() -> None:
    async def body(bench: StationBench) -> None:
        await whole_session(bench)
        key = await public_key(bench, 1)
        for _, sample in samples(bench):
            value = given(sample.signed_meter_value)
            assert value is not None
            assert (value.signing_method, value.encoding_method, value.public_key) == ("", "OCMF", "")
            _, payload, mark = base64.b64decode(value.signed_meter_data).decode().split("|")
            signature = msgspec.json.decode(mark)
            assert signature["SA"] == "ECDSA-secp256r1-SHA256"
            key.verify(bytes.fromhex(signature["SD"]), payload.encode(), ec.ECDSA(hashes.SHA256()))
            reading = msgspec.json.decode(payload)["RD"][0]
            assert reading["RV"] * 1000 == pytest.approx(sample.value, abs=0.1)

    run_on_bench(body, **INTERVAL, **SIGN_ALL)


async def public_key(bench: StationBench, evse_id: int) -> ec.EllipticCurvePublicKey:
    component = t.ComponentType(name="FiscalMetering", evse=t.EVSEType(id=evse_id))
    wanted = t.GetVariableDataType(component=component, variable=t.VariableType(name="PublicKey"))
    answer = await bench.csms.call(m.GetVariablesRequest(get_variable_data=[wanted]))
    value = given(answer.get_variable_result[0].attribute_value)
    assert value is not None
    marker, encoding, content, printed = base64.b64decode(value).decode().split(":")
    assert (marker, encoding, content) == ("oca", "base16", "asn1")
    key = serialization.load_der_public_key(bytes.fromhex(printed))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


@pytest.mark.parametrize(
    ("policy", "keys"), [("Never", "none"), ("OncePerTransaction", "one"), ("EveryMeterValue", "all")]
)
def test_the_public_key_is_sent_as_often_as_configured(policy: str, keys: str) -> None:
    async def body(bench: StationBench) -> None:
        await whole_session(bench)
        value = [value.public_key != "" for _, sample in samples(bench) if (value := given(sample.signed_meter_value))]
        assert {"none": 0, "one": 1, "all": len(value)}[keys] == sum(value)
        assert len(value) > 3

    run_on_bench(body, **INTERVAL, **SIGN_ALL, OCPPCommCtrlr__PublicKeyWithSignedMeterValue=policy)
