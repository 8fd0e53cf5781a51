"""The table of reason codes in the guide has those that the code of the station has, and no others."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.docs.reason_codes import documented

from plugfest.ocpp.versions import V201

STATION = Path(__file__).parents[2] / "src/plugfest/station"

REASON_CODES = frozenset(
    {
        "CSNotAccepted",
        "DuplicateProfile",
        "DuplicateRequestId",
        "FixedCable",
        "FwUpdateInProgress",
        "InternalError",
        "InvalidCSR",
        "InvalidCertificate",
        "InvalidConfSlot",
        "InvalidIdToken",
        "InvalidMessageSeq",
        "InvalidNetworkConf",
        "InvalidProfile",
        "InvalidSchedule",
        "InvalidStackLevel",
        "InvalidURL",
        "InvalidValue",
        "MissingDevModelInfo",
        "MissingParam",
        "NoCable",
        "NoSecurityDowngrade",
        "NotEnabled",
        "NotFound",
        "OutOfMemory",
        "OutOfStorage",
        "ReadOnly",
        "TooLargeElement",
        "TooManyElements",
        "TxInProgress",
        "TxNotFound",
        "TxStarted",
        "UnknownConnectorId",
        "UnknownConnectorType",
        "UnknownEvse",
        "UnknownTxId",
        "Unspecified",
        "UnsupportedParam",
        "UnsupportedRateUnit",
        "UnsupportedRequest",
        "ValueOutOfRange",
        "ValuePositiveOnly",
        "ValueTooHigh",
        "ValueTooLow",
        "ValueZeroNotAllowed",
        "WriteOnly",
    }
)
"""Part 2 appendix 5, and those of SetNetworkProfile (B09). NoError is an errorCode of OCPP 1.6 here."""


def texts() -> Iterator[str]:
    """The string literals of the station."""
    for path in STATION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_reason_code_of_the_station_is_in_the_guide() -> None:
    assert REASON_CODES.intersection(texts()) == frozenset().union(*documented().values())


def test_the_guide_names_requests_whose_answers_can_have_a_reason_code() -> None:
    assert set(documented()) <= {action for action, kind in V201.requests.items() if _has_status_info(kind)}


def _has_status_info(request: object) -> bool:
    response = request.response_type  # type: ignore[attr-defined]
    return "StatusInfo" in str(response.__annotations__) or "result" in " ".join(response.__struct_fields__)
