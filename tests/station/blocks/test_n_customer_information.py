"""What the station knows about customers, and forgets (N09, N10)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.station.bench import bench
from tests.station.scene import Scene

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

TOKEN = t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)

CERTIFICATE = t.CertificateHashDataType(
    hash_algorithm=t.HashAlgorithmEnumType.SHA256, issuer_name_hash="0", issuer_key_hash="0", serial_number="0"
)


class Desk(Scene):
    """Asks about customers."""

    async def ask(self, request_id: int = 1, *, report: bool = False, clear: bool = False, **customer: Any) -> str:
        request = m.CustomerInformationRequest(request_id=request_id, report=report, clear=clear, **customer)
        return (await self.csms.call(request)).status.value

    def parts(self, request_id: int) -> list[m.NotifyCustomerInformationRequest]:
        return [each for each in self.csms.all(m.NotifyCustomerInformationRequest) if each.request_id == request_id]

    async def told(self, request_id: int = 1) -> str:
        """The whole text."""
        await self.csms.until(lambda: any(each.tbc is not True for each in self.parts(request_id)))
        assert [each.seq_no for each in self.parts(request_id)] == list(range(len(self.parts(request_id))))
        return "".join(each.data for each in self.parts(request_id))

    async def charge(self) -> None:
        self.operator.plug_in(1, 1)
        self.operator.present_token("A", "ISO14443", 1)
        await asyncio.sleep(30)

    async def leave(self) -> None:
        self.operator.present_token("A", "ISO14443", 1)
        await asyncio.sleep(5)
        self.operator.unplug(1, 1)
        await asyncio.sleep(5)


def play(body: Callable[[Desk], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        async with bench(claiming={"C-49": True, "C-53": True}, **settings) as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await body(Desk(station, csms))

    run_simulated(run())


def test_what_is_known_of_a_token_is_reported_and_cleared() -> None:
    async def body(it: Desk) -> None:
        await it.charge()
        assert await it.ask(1, report=True, id_token=TOKEN) == "Accepted"  # N09.FR.02
        known = json.loads(await it.told(1))
        assert known["authorizationCache"]["status"] == "Accepted"  # N09.FR.05
        assert len(known["transactions"]) == 1
        await it.leave()
        assert await it.ask(2, report=True, clear=True, id_token=TOKEN) == "Accepted"
        assert json.loads(await it.told(2)).keys() == {"authorizationCache"}  # N10.FR.03
        assert await it.ask(3, report=True, id_token=TOKEN) == "Accepted"
        assert await it.told(3) == ""  # N09.FR.06

    play(body)


def test_clearing_without_a_report_is_confirmed() -> None:
    async def body(it: Desk) -> None:
        assert await it.ask(clear=True, id_token=TOKEN) == "Accepted"
        assert await it.told() == "The data was cleared."  # N10.FR.06
        await asyncio.sleep(60)
        assert len(it.parts(1)) == 1

    play(body)


def test_what_the_operator_stored_is_reported_in_as_many_parts_as_it_needs() -> None:
    async def body(it: Desk) -> None:
        assert await it.ask(1, report=True, clear=True, customer_identifier="jane") == "Accepted"
        assert json.loads(await it.told(1)) == {"customer": "é" * 1000}
        assert [each.tbc for each in it.parts(1)] == [True, False]
        assert await it.ask(2, report=True, customer_identifier="jane") == "Accepted"
        assert await it.told(2) == ""

    play(body, customers={"jane": "é" * 1000})


def test_a_contract_certificate_says_nothing_to_the_station() -> None:
    async def body(it: Desk) -> None:
        assert await it.ask(report=True, customer_certificate=CERTIFICATE) == "Accepted"
        assert await it.told() == ""

    play(body)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"report": True}, "Invalid"),
        ({"report": True, "id_token": TOKEN, "customer_identifier": "jane"}, "Invalid"),  # N09.FR.09
        ({"id_token": TOKEN}, "Rejected"),  # N09.FR.07
    ],
    ids=["nobody", "two", "nothing wanted"],
)
def test_a_question_must_be_about_one_customer_and_want_something(request_: dict[str, Any], status: str) -> None:
    async def body(it: Desk) -> None:
        assert await it.ask(**request_) == status
        await asyncio.sleep(10)
        assert not it.parts(1)

    play(body)
