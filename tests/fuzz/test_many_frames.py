"""Thousands of mutated frames on one connection: a seed gives them. Each end still answers, and has no traceback."""

import asyncio
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.conversation import cases, no_traceback, real_frames
from tests.fuzz.effort import FACTOR, fuzzed, inputs
from tests.fuzz.mutations import mutated
from tests.fuzz.test_mutated_frames import HARMLESS_REQUEST, PRODUCTS
from tests.rig.campaigns import written_cases

from plugfest import clock
from plugfest.lab.engine import Engine
from plugfest.lab.recording.record import Direction
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp import codec, frames
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.tolerant import decode_request_tolerantly
from plugfest.ocpp.versions import by_name
from plugfest.products import Product, load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab

FRAMES_OF_A_SESSION = 60 if FACTOR == 1 else 2000

FRAMES_OF_A_CODEC = 500 if FACTOR == 1 else 5000

OTHERS = 2 if FACTOR == 1 else 10

seeds = st.integers(0, 2**63)


def mutated_frames(product: str, direction: Direction, count: int, seed: int) -> list[str]:
    """Mutated frames; most have message ids of their own."""
    random = Random(seed)
    real = real_frames(product, direction)
    texts = []
    for number in range(count):
        text = random.choice(real)
        if random.random() < 0.9:
            text = text.replace(text.split('"')[1], f"fuzz-{number}", 1)
        texts.append(mutated(text, random))
    return texts


async def send_to_station(product: Product, texts: list[str]) -> None:
    lab = virtual_lab(product, LabSettings())
    async with virtual_bench(lab, product):
        assert await lab.csms.wait_connected(within=60)
        await lab.wait_booted()
        for number, text in enumerate(texts):
            if not lab.csms.connected:  # a mutated Reset or profile may have the station connect again
                assert await lab.csms.wait_connected(within=600)
            await lab.csms.send_text(text)
            if number % 10 == 0:
                await asyncio.sleep(1)
        await asyncio.sleep(60)
        assert lab.csms.connected or await lab.csms.wait_connected(within=600)
        await lab.csms.call(HARMLESS_REQUEST[product.ocpp_version], timeout=60)


@pytest.mark.parametrize("product", PRODUCTS)
@fuzzed(2)
@given(seed=seeds)
def test_a_station_lives_on(product: str, seed: int) -> None:
    texts = mutated_frames(product, Direction.FROM_LAB, FRAMES_OF_A_SESSION, seed)
    with no_traceback():
        clock.run_simulated(send_to_station(load_product(product), texts))
    inputs["frames to a station in its sessions"] += len(texts)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("direction", [Direction.FROM_LAB, Direction.FROM_STATION])
@fuzzed(4)
@given(seed=seeds)
def test_a_codec_reads_a_frame_or_refuses_it(product: str, direction: Direction, seed: int) -> None:
    protocol = by_name(load_product(product).ocpp_version)
    texts = mutated_frames(product, direction, FRAMES_OF_A_CODEC, seed)
    for text in texts:
        try:
            frame = frames.parse(text, max_size=1_000_000)
        except frames.FrameError:
            continue
        if isinstance(frame, frames.Call) and (request := protocol.requests.get(frame.action)) is not None:
            check_is_read_or_refused(request, frame.payload)
    inputs["frames to a codec"] += len(texts)


def check_is_read_or_refused(request: type[Request[Response]], payload: msgspec.Raw) -> None:
    """What is read can be written, and is read again as the same message."""
    try:
        decode_request_tolerantly(request, payload)
        message = codec.decode(request, payload)
    except RemoteError:
        return
    assert codec.decode(request, codec.encode(message)) == message


@pytest.mark.parametrize("product", PRODUCTS)
@fuzzed(1)
@given(seed=seeds)
def test_a_lab_lives_on(product: str, seed: int) -> None:
    """Each frame of the station is followed by mutated ones."""
    random = Random(seed)
    real = real_frames(product, Direction.FROM_STATION)

    def with_others(text: str | bytes) -> tuple[str | bytes, ...]:
        others = tuple(mutated(random.choice(real), random) for _ in range(OTHERS))
        inputs["frames to a lab in its campaigns"] += len(others)
        return text, *others

    async def scenario() -> tuple[CaseResult, ...]:
        lab = virtual_lab(load_product(product), LabSettings())
        lab.csms.incoming = with_others
        async with virtual_bench(lab, load_product(product)) as operator:
            return (await Engine(lab).run(chosen, operator)).results

    chosen = [one for one in written_cases(product) if one.id in cases(product)]
    with no_traceback():
        results = clock.run_simulated(scenario())
    assert [result.id for result in results] == [one.id for one in chosen]
    assert Verdict.ERROR not in {result.verdict for result in results}
