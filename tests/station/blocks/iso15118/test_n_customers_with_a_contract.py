"""Customer information by contract certificate (N09, N10)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.station.blocks.iso15118.iso15118_bench import PRODUCT, Iso15118Bench, pki
from tests.station.powered_station import powered_station

from plugfest import clock
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm, certificate_hash, certificates_from_pem
from plugfest.station.storage.store import Store

JANE, JOHN = "DE-8AA-C12345678-X", "DE-8AA-C87654321-X"

JANES_CARD = t.IdTokenType(id_token=JANE, type=t.IdTokenEnumType.ISO14443)


def emaid(text: str) -> t.IdTokenType:
    return t.IdTokenType(id_token=text, type=t.IdTokenEnumType.eMAID)


def hash_of(chain: str, algorithm: HashAlgorithm = HashAlgorithm.SHA256) -> CertificateHash:
    leaf, issuer, *_ = certificates_from_pem(chain)
    return certificate_hash(leaf, issuer, algorithm)


def data_of(hashes: CertificateHash) -> t.CertificateHashDataType:
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(hashes.hash_algorithm),
        issuer_name_hash=hashes.issuer_name_hash,
        issuer_key_hash=hashes.issuer_key_hash,
        serial_number=hashes.serial_number,
    )


class ContractBench(Iso15118Bench):
    """A bench where drivers charge by contract, and where the CSMS requests what is stored about them."""

    requests = 0

    async def charge(self, chain: str, seconds: float = 15.0) -> None:
        self.plug_in_with_contract(chain)
        await asyncio.sleep(seconds)

    async def leave(self) -> None:
        self.hardware.ev_stop(1)
        await asyncio.sleep(5)
        self.hardware.unplug(1, 1)
        await asyncio.sleep(5)

    async def charge_and_leave(self, chain: str) -> None:
        await self.charge(chain)
        await self.leave()

    async def information(self, *, clear: bool = False, report: bool = True, **customer: Any) -> str:
        self.requests += 1
        request = m.CustomerInformationRequest(request_id=self.requests, report=report, clear=clear, **customer)
        answer = await self.csms.call(request)
        assert answer.status is t.CustomerInformationStatusEnumType.Accepted
        await self.csms.until(lambda: any(each.tbc is not True for each in self._parts()))
        return "".join(each.data for each in self._parts())

    async def by_certificate(self, chain: str, *, clear: bool = False) -> Any:
        text = await self.information(clear=clear, customer_certificate=data_of(hash_of(chain)))
        return json.loads(text) if text else None

    def _parts(self) -> list[m.NotifyCustomerInformationRequest]:
        sent = self.csms.all(m.NotifyCustomerInformationRequest)
        return [each for each in sent if each.request_id == self.requests]


def run_with_contracts(body: Callable[[ContractBench], Awaitable[None]]) -> None:
    async def run() -> None:
        async with powered_station(PRODUCT) as (station, csms):
            bench = ContractBench(station, csms)
            await csms.expect(m.SecurityEventNotificationRequest)
            await bench.ready()
            await body(bench)

    clock.run(run(), simulated=True)


def contract(emaid_text: str) -> str:
    return pki("MO").contract(emaid_text).chain


def test_a_contract_that_has_charged_is_reported_by_its_certificate_and_cleared() -> None:
    async def body(bench: ContractBench) -> None:
        chain = contract(JANE)
        await bench.charge_and_leave(chain)
        cleared = await bench.by_certificate(chain, clear=True)  # N10.FR.03
        (kept,) = cleared["contracts"]
        assert (kept["emaid"], kept["accepted"]) == (JANE, True)
        assert cleared["authorizationCache"]["status"] == "Accepted"
        assert "BEGIN CERTIFICATE" not in json.dumps(cleared)
        assert await bench.by_certificate(chain) is None  # N09.FR.06
        assert await bench.information(id_token=emaid(JANE)) == ""

    run_with_contracts(body)


def test_a_certificate_refers_to_its_customer_only() -> None:
    async def body(bench: ContractBench) -> None:
        janes, johns = contract(JANE), contract(JOHN)
        await bench.charge_and_leave(janes)
        await bench.charge_and_leave(johns)
        await bench.by_certificate(janes, clear=True)
        assert [each["emaid"] for each in (await bench.by_certificate(johns))["contracts"]] == [JOHN]
        assert await bench.information(id_token=emaid(JOHN))

    run_with_contracts(body)


def test_all_contracts_of_a_customer_are_reported_and_cleared_by_any_of_them() -> None:
    async def body(bench: ContractBench) -> None:
        old, new = contract(JANE), contract(JANE)
        await bench.charge_and_leave(old)
        await bench.charge_and_leave(new)
        assert len((await bench.by_certificate(old, clear=True))["contracts"]) == 2
        assert await bench.by_certificate(new) is None

    run_with_contracts(body)


def test_a_contract_is_reported_and_cleared_by_its_emaid() -> None:
    async def body(bench: ContractBench) -> None:
        chain = contract(JANE)
        await bench.charge_and_leave(chain)
        assert "contracts" in json.loads(await bench.information(id_token=emaid(JANE.lower())))
        assert await bench.information(id_token=JANES_CARD, clear=True) == ""  # another token with the same text
        assert await bench.by_certificate(chain)
        assert await bench.information(id_token=emaid(JANE), clear=True, report=False) == "The data was cleared."
        assert await bench.by_certificate(chain) is None

    run_with_contracts(body)


def test_a_refused_contract_is_reported_as_one() -> None:
    async def body(bench: ContractBench) -> None:
        chain = contract(JANE)
        bench.statuses[JANE] = "Blocked"
        await bench.charge(chain)
        known = await bench.by_certificate(chain)
        assert [each["accepted"] for each in known["contracts"]] == [False]
        assert known["authorizationCache"]["status"] == "Blocked"

    run_with_contracts(body)


def test_the_ongoing_transaction_of_a_contract_is_reported() -> None:
    async def body(bench: ContractBench) -> None:
        chain = contract(JANE)
        await bench.charge(chain)
        (transaction_id,) = (await bench.by_certificate(chain))["transactions"]
        assert transaction_id == bench.events[0].transaction_info.transaction_id

    run_with_contracts(body)


@pytest.mark.parametrize("algorithm", HashAlgorithm)
@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_a_certificate_is_found_by_each_hash_algorithm_and_in_either_case(
    algorithm: HashAlgorithm, spelled: Callable[[str], str]
) -> None:
    async def body(bench: ContractBench) -> None:
        chain = contract(JANE)
        await bench.charge_and_leave(chain)
        found = hash_of(chain, algorithm)
        asked = CertificateHash(
            algorithm, spelled(found.issuer_name_hash), spelled(found.issuer_key_hash), spelled(found.serial_number)
        )
        assert await bench.information(customer_certificate=data_of(asked))

    run_with_contracts(body)


def test_what_is_known_about_a_contract_survives_a_restart() -> None:
    store, chain = Store(), contract(JANE)

    async def before() -> None:
        async with powered_station(PRODUCT, store=store) as (station, csms):
            bench = ContractBench(station, csms)
            await csms.expect(m.SecurityEventNotificationRequest)
            await bench.ready()
            await bench.charge_and_leave(chain)

    async def after() -> None:
        async with powered_station(PRODUCT, store=store) as (station, csms):
            bench = ContractBench(station, csms)
            await csms.expect(m.SecurityEventNotificationRequest)
            assert (await bench.by_certificate(chain))["contracts"][0]["emaid"] == JANE

    clock.run(before(), simulated=True)
    clock.run(after(), simulated=True)
