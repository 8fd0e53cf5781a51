"""The bench of an OCPP 2.0.1 station."""

from plugfest.lab.bench import BaseBench
from plugfest.lab.v201.configuration import Configuration
from plugfest.lab.v201.known_state import KnownState
from plugfest.lab.v201.ledger import Ledger


class Bench(BaseBench[Configuration, Ledger, KnownState]):
    """The bench of a case of OCPP 2.0.1."""
