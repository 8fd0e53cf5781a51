"""Transactions whose token the CSMS does not accept (E05)."""

import asyncio
from pathlib import Path

import pytest
from tests.station.scene import CARD, Scene, cable_first, play, reply_invalid, variant


def test_token_that_the_csms_does_not_accept_afterwards_ends_the_transaction() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(it)
        assert it.story()[-1] == "Ended Deauthorized EVConnected because DeAuthorized"  # E05.FR.10

    play(body, start="EVConnected", stop="Authorized", TxCtrlr__StopTxOnInvalidId="true")


def test_token_that_is_not_accepted_only_stops_the_energy_where_the_stop_point_says_so() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(it)
        assert it.story()[-1] == "Updated Deauthorized EVConnected"  # E05.FR.09
        assert it.operator.evses[1].meter.read().power == 0

    play(body, start="EVConnected", stop="EVConnected", TxCtrlr__StopTxOnInvalidId="true")


def test_energy_is_withheld_from_a_token_that_is_not_accepted() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(it)
        assert it.story()[-1] == "Updated ChargingStateChanged SuspendedEVSE"  # E05.FR.02
        it.csms.replies.pop("TransactionEvent")
        it.operator.present_token("A", CARD)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended StopAuthorized EVConnected because Local"

    play(body, start="EVConnected", stop="Authorized", TxCtrlr__StopTxOnInvalidId="false")


def test_token_that_is_not_accepted_may_still_have_so_much_energy(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = reply_invalid
        await cable_first(it)
        assert it.story()[-1] == "Updated ChargingStateChanged Charging"  # E05.FR.03
        await asyncio.sleep(600)
        assert it.story()[-1] == "Updated ChargingStateChanged SuspendedEVSE"
        assert it.operator.evses[1].meter.read().energy_import == pytest.approx(5_000, abs=1)

    play(
        body,
        variant(tmp_path, "alpitronic-hyc-200-eu", {"C-03": True}),
        start="EVConnected",
        TxCtrlr__StopTxOnInvalidId="false",
        TxCtrlr__MaxEnergyOnInvalidId="5000",
        SampledDataCtrlr__TxUpdatedInterval="0",
    )
