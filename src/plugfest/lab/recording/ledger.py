"""What the station has reported during the campaign: connector statuses, transactions, file operations."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

from plugfest.ocpp.message import Request, Response
from plugfest.products import Product

A = TypeVar("A", bound=Hashable)
"""The address of a connector."""

I = TypeVar("I", bound=Hashable)  # noqa: E741
"""A transaction id."""

T = TypeVar("T")
"""What is recorded of a transaction."""


MAX_ENDED_TRANSACTIONS: Final = 5
"""Of older ones only the ids are kept: a station may run for weeks."""


class BaseLedger(ABC, Generic[A, I, T]):
    """Connector statuses by address, transactions by id in the order of their first message.

    `final_statuses`: the statuses that end a firmware update or an upload.
    """

    final_statuses: ClassVar[frozenset[str]]

    def __init__(self) -> None:
        self.transactions: dict[I, T] = {}
        self._forgotten: set[I] = set()
        self.reset()

    def reset(self) -> None:
        """The station has been commissioned again and is about to boot: forget its connectors and file operations."""
        self.connectors: dict[A, str] = {}
        self.boots = 0
        self._file_operations: dict[type[Request[Any]], str] = {}

    @abstractmethod
    def record_request(self, message: Request[Any], frame: int) -> None:
        """Record a request of the station. `frame` is its index in the record."""

    @abstractmethod
    def record_response(self, request: Request[Any], response: Response) -> None:
        """Record the lab's response to a request of the station."""

    @abstractmethod
    def boot_completed(self, product: Product) -> bool:
        """Whether the station has sent BootNotification and the status of every connector."""

    @abstractmethod
    def ongoing(self) -> Sequence[T]:
        """The transactions that have not ended."""

    def in_transaction(self) -> bool:
        """Whether a transaction is in progress."""
        return bool(self.ongoing())

    def transaction_ids(self) -> frozenset[object]:
        """The ids of all transactions that the station has reported."""
        return frozenset((*self._forgotten, *self.transactions))

    def forget_ended(self) -> None:
        """Forget all but the id of transactions that ended long ago."""
        ongoing = {id(one) for one in self.ongoing()}
        ended = [key for key, one in self.transactions.items() if id(one) not in ongoing]
        for key in ended[:-MAX_ENDED_TRANSACTIONS]:
            del self.transactions[key]
            self._forgotten.add(key)

    def all_available(self) -> bool:
        """Whether every reported connector status is Available."""
        return all(status == "Available" for status in self.connectors.values())

    @abstractmethod
    def status(self, evse_id: int, connector_id: int) -> str | None:
        """The status of a connector; None if the station has not reported it."""

    @abstractmethod
    def places(self, *statuses: str) -> list[tuple[int, int]]:
        """The connectors with one of these statuses, as EVSE and connector."""

    @abstractmethod
    def unreported(self, product: Product) -> list[tuple[int, int]]:
        """The connectors of the product whose status the station has not reported, as EVSE and connector."""

    @abstractmethod
    def occupied(self) -> list[tuple[int, int]]:
        """The connectors that report a cable, or an EV, as EVSE and connector."""

    def file_operations_done(self) -> bool:
        """Whether the station has reported the end of every firmware update and upload that it has reported."""
        return all(status in self.final_statuses for status in self._file_operations.values())
