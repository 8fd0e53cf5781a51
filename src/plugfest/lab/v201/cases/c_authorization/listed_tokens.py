"""Tokens in the local authorization list: the configuration, and how the lab presents them."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.local_list import LIST_ENABLED
from plugfest.lab.v201.states.authorized import REMOTE_TOKEN
from plugfest.lab.verdict import NotEquipped

LIST_USED = {
    **LIST_ENABLED,
    "AuthCtrlr.LocalPreAuthorize": "true",
    "AuthCtrlr.AuthorizeRemoteStart": "true",  # only then a remote start uses the list (F01.FR.01, FR.02)
}
"""A listed token is authorized without an AuthorizeRequest, at the reader as well as from the CSMS."""

LISTED_TOKEN = ("C-30", "C-31", "C-32", "C-34")
"""The PICS features of a local start with a token that the CSMS can know before (erratum 5.11)."""


def method(bench: Bench) -> str:
    """How the lab presents a listed token: "local" if the product reads one, else "remote" (erratum 6.2.22).

    Raises NotEquipped if the product has neither: the cases exclude NoAuthorization and Central.
    """
    for name, features in {"local": LISTED_TOKEN, "remote": REMOTE_TOKEN}.items():
        if any(bench.product.supports(feature) for feature in features):
            return name
    raise NotEquipped("the scenario requires a token that can be in the list; the product authorizes without one")
