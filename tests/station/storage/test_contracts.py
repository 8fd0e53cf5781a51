"""What is stored about presented contracts."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from plugfest.security.certificates import CertificateHash, HashAlgorithm
from plugfest.station.storage.contracts import PresentedContract, PresentedContracts
from plugfest.station.storage.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)

NUMBERS = st.lists(st.integers(1, 8), max_size=30)


def certificate(number: int) -> CertificateHash:
    return CertificateHash(HashAlgorithm.SHA256, "aa", "bb", f"{number:x}")


def contract(number: int) -> PresentedContract:
    return PresentedContract(f"DE8AA{number}", (certificate(number),), NOW, True)


@given(NUMBERS, st.integers(1, 5))
def test_the_newest_contracts_are_kept(presented: list[int], capacity: int) -> None:
    contracts = PresentedContracts(Store(), capacity)
    for number in presented:
        contracts.put(str(number), contract(number))
    newest = list(dict.fromkeys(reversed(presented)))[:capacity]
    found = {number for number in range(1, 9) if contracts.with_certificate(certificate(number)) is not None}
    assert found == set(newest)


def test_a_contract_is_found_by_its_emaid_in_either_case() -> None:
    contracts = PresentedContracts(Store())
    contracts.put("1", contract(1))
    contracts.put("2", contract(2))
    assert contracts.of_emaid("de8aa1") == [contract(1)]
    contracts.delete_of_emaid("de8aa1")
    assert contracts.of_emaid("DE8AA1") == []
    assert contracts.with_certificate(certificate(2)) == contract(2)
