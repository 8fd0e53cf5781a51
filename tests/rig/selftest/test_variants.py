"""Variants: each of a sample is accused by no case that it is run with."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from plugfest.lab.selection import cases
from plugfest.lab.verdict import Verdict
from plugfest.ocpp import codec, frames
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V201
from plugfest.products import Product, load_product
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import always
from plugfest.rig.selftest.variants import timestamps
from plugfest.rig.selftest.variants.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.variants.message_filter import FilterRun, Message, MessageFilter
from plugfest.rig.selftest.variants.run import BEFORE_CASES, VariantRun, cases_of, variant_runs
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.blocks.b_provisioning.v201.boot import RegistrationMessages201
from plugfest.station.model.authorization.token_cache import TokenCache

PRODUCTS = {"1.6": ("reference-16-ac",), "2.0.1": ("reference-ac", "reference-dc", "reference-plug-and-charge")}
"""The first one with which the variant has an effect."""

EVERY = 11
"""`make test` runs each eleventh variant, `plugfest selftest` all of them."""

CASES_OF_SAMPLE = 20


def name(variant: Variant) -> str:
    return variant.name


def test_each_variant_has_a_unique_name() -> None:
    assert len(by_name()) == len(CATALOGUE)


@pytest.mark.parametrize("variant", CATALOGUE, ids=name)
def test_each_variant_is_permitted_by_a_requirement_for_a_reason(variant: Variant) -> None:
    assert variant.requirement
    assert variant.reason
    assert variant.not_run.keys() <= cases(variant.ocpp_version).keys()
    assert all(variant.not_run.values())


def samples_of(variant: Variant, product: Product) -> Iterator[list[VariantRun]]:
    """The runs of all cases of a product, in samples."""
    chosen = cases_of(variant, product)
    stride = max(1, len(chosen) // CASES_OF_SAMPLE)
    return (list(variant_runs(variant, product, chosen[first::stride])) for first in range(stride))


@pytest.mark.parametrize("variant", CATALOGUE[::EVERY], ids=name)
def test_no_variant_of_the_sample_is_accused(variant: Variant) -> None:
    possible = [load_product(name) for name in PRODUCTS[variant.ocpp_version]]
    samples = (sample for each in possible if variant.product(each) is not None for sample in samples_of(variant, each))
    runs = next((runs for runs in samples if any(one.touched for one in runs)), [])
    assert runs, "no case has shown an effect"
    assert [(one.case_id, one.verdict, one.accusations) for one in runs if one.accused] == []


# Running


def test_a_wrong_station_is_accused() -> None:
    wrong = permitted_v201("forgets every token", "C10.FR.05", "none", Patch(TokenCache, "lookup", always(None)))
    (run,) = variant_runs(wrong, load_product("reference-ac"), ["TC_P_01_CS", "TC_C_08_CS"][1:])
    assert (run.accused, run.verdict, run.touched) == (True, Verdict.FAIL, True)


def test_a_variant_touches_the_cases_in_which_it_has_an_effect() -> None:
    unused = permitted_v201("is the same", "C10.FR.05", "none", Patch(TokenCache, "lookup", always(None)))
    (run,) = variant_runs(unused, load_product("reference-ac"), ["TC_P_01_CS"])
    assert (run.accused, run.touched) == (False, False)


def test_a_variant_is_not_run_with_another_version_nor_with_excluded_cases() -> None:
    variant = permitted_v201("is the same", "", "", not_run={"TC_P_01_CS": "it is about the order"})
    assert cases_of(variant, load_product("reference-16-ac")) == []
    assert "TC_P_01_CS" not in cases_of(variant, load_product("reference-ac"))
    assert "TC_B_01_CS" in cases_of(variant, load_product("reference-ac"))


def test_a_finding_before_the_first_case_is_an_accusation() -> None:
    def heartbeat_first(original: Function) -> Function:
        async def send(self: Any, peer: Any, reason: Any) -> Any:
            await self.send_heartbeat(peer)
            return await original(self, peer, reason)

        return send

    patch = Patch(RegistrationMessages201, "send_boot_notification", heartbeat_first)
    variant = permitted_v201("sends a Heartbeat first", "B01.FR.01", "none", patch)
    before, case = variant_runs(variant, load_product("reference-ac"), ["TC_P_01_CS"])
    assert (before.case_id, before.accused) == (BEFORE_CASES, True)
    assert [one.actual for one in before.accusations] == ["Heartbeat"]
    assert not case.accused


# The message filter


def calls(applied_filter: MessageFilter, request: Message) -> list[tuple[str, str, str]]:
    """Message id ("own" or "added"), action and payload of each CALL that is sent."""
    run = FilterRun(applied_filter, V201)
    call = frames.parse(frames.call("own", request.action, codec.encode(request)), 10_000)  # type: ignore[union-attr]
    assert isinstance(call, frames.Call)
    sent = [frames.parse(text, 10_000) for _, text in run.calls(call)]
    return [
        ("own" if one.message_id == "own" else "added", one.action, bytes(one.payload).decode())
        for one in sent
        if isinstance(one, frames.Call)
    ]


def test_a_filter_adds_requests_and_keeps_the_id_of_the_station_s_own() -> None:
    def change(message: Message) -> Iterable[Message]:
        return [m.DataTransferRequest(vendor_id="v"), message]

    assert calls(MessageFilter(change=lambda: change), m.HeartbeatRequest()) == [
        ("added", "DataTransfer", '{"vendorId":"v"}'),
        ("own", "Heartbeat", "{}"),
    ]


@pytest.mark.parametrize(
    ("rewrite", "text"),
    [
        (timestamps.with_offset(2), "2026-03-01T01:30:00.500+02:00"),
        (timestamps.NUMERIC_UTC, "2026-02-28T23:30:00.500+00:00"),
        (timestamps.WHOLE_SECONDS, "2026-02-28T23:30:00Z"),
        (timestamps.WITH_MILLISECONDS, "2026-02-28T23:30:00.500Z"),
    ],
)
def test_a_timestamp_is_written_in_another_way(rewrite: timestamps.Rewrite, text: str) -> None:
    assert rewrite(b'{"timestamp":"2026-02-28T23:30:00.500Z"}') == b'{"timestamp":"%b"}' % text.encode()


def test_a_filter_notes_whether_it_had_an_effect() -> None:
    run = FilterRun(MessageFilter(rewrite=timestamps.WHOLE_SECONDS), V201)
    answer = codec.encode(m.UnlockConnectorResponse(status=t.UnlockStatusEnumType.Unlocked))
    result = frames.parse(frames.call_result("1", answer), 10_000)
    assert isinstance(result, frames.CallResult)
    assert run.result(result, "UnlockConnector") == frames.call_result("1", answer)
    assert not run.applied
