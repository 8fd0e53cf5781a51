"""Mutated frames at the station and at the lab: each end answers them, stays connected and continues."""

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
from plugfest.rig.virtual import virtual_bench, virtual_lab

PRODUCTS = ("alpitronic-hyc-200-eu", "reference-16-ac")

HARMLESS_REQUEST: dict[str, Request] = {  # type: ignore[type-arg]  # any request
    "2.0.1": v201.GetVariablesRequest(
        get_variable_data=[
            GetVariableDataType(
                component=ComponentType(name="OCPPCommCtrlr"), variable=VariableType(name="HeartbeatInterval")
            )
        ]
    ),
    "1.6": v16.GetConfigurationRequest(key=["HeartbeatInterval"]),
}
"""A request that a station can always answer."""

NumberedMutation = tuple[int, Mutation]
"""The number of a frame, and its mutation."""

numbered_mutations = st.tuples(st.integers(0, 10_000), mutations)

few_examples = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


# The station


def with_own_ids(texts: Iterable[str]) -> list[str]:
    """The frames with different message ids, so that each answer belongs to one of them."""
    return [text.replace(text.split('"')[1], f"fuzz-{number}", 1) for number, text in enumerate(texts)]


async def send_to_station(product: Product, texts: Iterable[str]) -> Lab:
    """Send every mutated frame, and check that the station still answers at the end."""
    lab = virtual_lab(product, LabSettings())
    async with virtual_bench(lab, product):
        assert await lab.csms.wait_connected(within=60)
        await lab.wait_booted()
        connections = lab.csms.connection_count
        for text in texts:
            await lab.csms.send_text(text)
            await asyncio.sleep(0.5)
        await lab.csms.call(HARMLESS_REQUEST[product.ocpp_version], timeout=30)
        assert lab.csms.connection_count == connections
    return lab


@pytest.mark.parametrize("product", PRODUCTS)
@few_examples
@given(plan=st.lists(numbered_mutations, min_size=10, max_size=40))
def test_a_station_answers_what_it_can_read_and_stays_connected(product: str, plan: list[NumberedMutation]) -> None:
    real = real_frames(product, Direction.FROM_LAB)
    texts = with_own_ids(real[number % len(real)] for number, _ in plan)
    with no_traceback():
        lab = clock.run_simulated(
            send_to_station(
                load_product(product), [mutation.apply(text) for text, (_, mutation) in zip(texts, plan, strict=True)]
            )
        )
    readable = {frame.message_id for frame in frames_from(lab, Direction.FROM_LAB) if isinstance(frame, frames.Call)}
    answers = frames.CallResult | frames.CallError
    answered = {frame.message_id for frame in frames_from(lab, Direction.FROM_STATION) if isinstance(frame, answers)}
    assert readable <= answered


def frames_from(lab: Lab, direction: Direction) -> Iterator[frames.Frame]:
    """The valid frames from one end."""
    for frame in lab.record.frames:
        if frame.direction is direction:
            with contextlib.suppress(frames.FrameError):
                yield frames.parse(frame.text, max_size=1_000_000)


# The lab


class MutatingFilter:
    """Mutates some frames on their way from the station to the lab, from the first case on."""

    def __init__(self, plan: Iterable[NumberedMutation], spread: int) -> None:
        self._plan = {number % spread: mutation for number, mutation in plan}
        self._count: int | None = None

    def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.CaseStarted) and self._count is None:
            self._count = 0

    def incoming(self, text: str | bytes) -> Iterable[str | bytes]:
        if self._count is None:
            return (text,)
        self._count += 1
        mutation = self._plan.get(self._count)
        return (text,) if mutation is None else (mutation.apply(str(text)),)


async def run_cases(
    product: Product, chosen: list[CampaignCase], plan: list[NumberedMutation]
) -> tuple[CaseResult, ...]:
    filter_ = MutatingFilter(plan, spread=120)
    lab = virtual_lab(product, LabSettings(), [filter_.on_event])
    lab.csms.incoming = filter_.incoming
    async with virtual_bench(lab, product) as operator:
        return (await Engine(lab).run(chosen, operator)).results


@pytest.mark.parametrize("product", PRODUCTS)
@few_examples
@given(plan=st.lists(numbered_mutations, min_size=5, max_size=15))
def test_a_lab_gives_every_case_a_verdict_with_a_reason(product: str, plan: list[NumberedMutation]) -> None:
    chosen = [one for one in written_cases(product) if one.id in cases(product)]
    with no_traceback():
        results = clock.run_simulated(run_cases(load_product(product), chosen, plan))
    assert [result.id for result in results] == [one.id for one in chosen]
    assert {result.verdict for result in results} <= {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}
    assert all(result.findings for result in results if result.verdict is not Verdict.PASS)
