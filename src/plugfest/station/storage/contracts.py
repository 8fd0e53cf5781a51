"""What the station stores about the contracts that EVs have presented; not their certificates (Part 2 M 2.1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from plugfest.security.certificates import CertificateHash, same_certificate
from plugfest.station.storage.store import Store

CAPACITY: Final = 1000
"""Contracts."""


class PresentedContract(msgspec.Struct, frozen=True):
    """A contract, when it was presented last, and whether the EV could charge then.

    `hashes`: what messages identify its certificate by, with each hash algorithm; empty if its issuer is not known.
    """

    emaid: str
    hashes: tuple[CertificateHash, ...]
    presented_at: datetime
    accepted: bool


class PresentedContracts:
    """The contracts, stored by the fingerprint of their certificate. When it is full, the oldest is dropped."""

    def __init__(self, store: Store, capacity: int = CAPACITY) -> None:
        self._store = store
        self._records = store.records("presented_contracts", PresentedContract)
        self._capacity = capacity

    def put(self, fingerprint: str, contract: PresentedContract) -> None:
        """Store a contract as the newest."""
        with self._store.transaction():
            self._records.delete(fingerprint)
            oldest_first = [key for key, _ in self._records.items()]
            for key in oldest_first[: max(0, len(oldest_first) + 1 - self._capacity)]:
                self._records.delete(key)
            self._records.put(fingerprint, contract)

    def of_emaid(self, emaid: str) -> list[PresentedContract]:
        """The contracts with this eMAID, in either case, oldest first."""
        return [contract for _, contract in self._found(_has_emaid(emaid))]

    def with_certificate(self, hashes: CertificateHash) -> PresentedContract | None:
        """The contract with this certificate."""
        return next((contract for _, contract in self._found(_has_certificate(hashes))), None)

    def delete_of_emaid(self, emaid: str) -> None:
        """Delete the contracts with this eMAID (N10.FR.03)."""
        for key, _ in self._found(_has_emaid(emaid)):
            self._records.delete(key)

    def _found(self, matches: Callable[[PresentedContract], bool]) -> list[tuple[str, PresentedContract]]:
        return [(key, contract) for key, contract in self._records.items() if matches(contract)]


def _has_emaid(emaid: str) -> Callable[[PresentedContract], bool]:
    return lambda contract: contract.emaid.casefold() == emaid.casefold()


def _has_certificate(hashes: CertificateHash) -> Callable[[PresentedContract], bool]:
    return lambda contract: any(same_certificate(one, hashes) for one in contract.hashes)
