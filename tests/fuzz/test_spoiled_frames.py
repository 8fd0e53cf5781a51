"""Spoiled frames at the station and at the lab: each end says what is wrong, loses no connection and goes on."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.fuzz.conversation import cases, no_traceback, real_frames
from tests.fuzz.mutations import Mutation, mutations
from tests.rig.campaigns import written_cases

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.composition import Lab
from plugfest.lab.engine import Engine
from plugfest.lab.recording.record import Direction
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp import frames
from plugfest.ocpp.message import Request
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201
from plugfest.ocpp.v201.types import ComponentType, GetVariableDataType, VariableType
from plugfest.products import Product, load_product
from plugfest.rig.virtual import bench_of, virtual_lab

PRODUCTS = ("alpitronic-hyc-200-eu", "reference-16-ac")

PLAIN: dict[str, Request] = {  # type: ignore[type-arg]  # any request at all
    "2.0.1": v201.GetVariablesRequest(
        get_variable_data=[
            GetVariableDataType(
                component=ComponentType(name="OCPPCommCtrlr"), variable=VariableType(name="HeartbeatInterval")
            )
        ]
    ),
    "1.6": v16.GetConfigurationRequest(key=["HeartbeatInterval"]),
}
"""A request that a station answers at any time."""

Spoiled = tuple[int, Mutation]
"""The number of a frame, and what is done to it."""

spoiled = st.tuples(st.integers(0, 10_000), mutations)

few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


# The station


def numbered(texts: Iterable[str]) -> list[str]:
    """With message ids of their own, so that each answer belongs to one of them."""
    return [text.replace(text.split('"')[1], f"fuzz-{number}", 1) for number, text in enumerate(texts)]


async def told_to_the_station(product: Product, texts: Iterable[str]) -> Lab:
    """Send every spoiled frame, and see in the end that the station still answers."""
    lab = virtual_lab(product, LabSettings())
    async with bench_of(lab, product):
        assert await lab.csms.wait_connected(within=60)
        await lab.commissioner.wait_booted()
        connections = len(lab.csms.connections)
        for text in texts:
            await lab.csms.send_text(text)
            await asyncio.sleep(0.5)
        await lab.csms.call(PLAIN[product.ocpp_version], timeout=30)
        assert len(lab.csms.connections) == connections
    return lab


@pytest.mark.parametrize("product", PRODUCTS)
@few
@given(plan=st.lists(spoiled, min_size=10, max_size=40))
def test_a_station_answers_what_it_can_read_and_stays_connected(product: str, plan: list[Spoiled]) -> None:
    real = real_frames(product, Direction.FROM_LAB)
    texts = numbered(real[number % len(real)] for number, _ in plan)
    with no_traceback():
        lab = clock.run_simulated(
            told_to_the_station(
                load_product(product), [mutation.apply(text) for text, (_, mutation) in zip(texts, plan, strict=True)]
            )
        )
    readable = {frame.message_id for frame in said(lab, Direction.FROM_LAB) if isinstance(frame, frames.Call)}
    answers = frames.CallResult | frames.CallError
    answered = {frame.message_id for frame in said(lab, Direction.FROM_STATION) if isinstance(frame, answers)}
    assert readable <= answered


def said(lab: Lab, direction: Direction) -> Iterator[frames.Frame]:
    """What one end said, as far as it is OCPP-J."""
    for frame in lab.record.frames:
        if frame.direction is direction:
            with contextlib.suppress(frames.FrameError):
                yield frames.parse(frame.text, max_size=1_000_000)


# The lab


class SpoiledLine:
    """The line from the station to the lab, on which certain frames are spoiled from the first case on."""

    def __init__(self, plan: Iterable[Spoiled], spread: int) -> None:
        self._plan = {number % spread: mutation for number, mutation in plan}
        self._seen: int | None = None

    def hear(self, event: events.Event) -> None:
        if isinstance(event, events.CaseStarted) and self._seen is None:
            self._seen = 0

    def incoming(self, text: str | bytes) -> Iterable[str | bytes]:
        if self._seen is None:
            return (text,)
        self._seen += 1
        mutation = self._plan.get(self._seen)
        return (text,) if mutation is None else (mutation.apply(str(text)),)


async def told_to_the_lab(product: Product, chosen: list[CampaignCase], plan: list[Spoiled]) -> tuple[CaseResult, ...]:
    line = SpoiledLine(plan, spread=120)
    lab = virtual_lab(product, LabSettings(), [line.hear])
    lab.csms.incoming = line.incoming
    async with bench_of(lab, product) as operator:
        return await Engine(lab).run(chosen, operator)


@pytest.mark.parametrize("product", PRODUCTS)
@few
@given(plan=st.lists(spoiled, min_size=5, max_size=15))
def test_a_lab_gives_every_case_a_verdict_with_a_reason(product: str, plan: list[Spoiled]) -> None:
    chosen = [one for one in written_cases(product) if one.id in cases(product)]
    with no_traceback():
        results = clock.run_simulated(told_to_the_lab(load_product(product), chosen, plan))
    assert [result.id for result in results] == [one.id for one in chosen]
    assert {result.verdict for result in results} <= {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}
    assert all(result.findings for result in results if result.verdict is not Verdict.PASS)
