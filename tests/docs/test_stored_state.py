"""The guide lists everything that a station stores, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.source import ROOT, files, parsed

from plugfest.station.storage.sealing import SECRET_VARIABLES

GUIDE = ROOT.parents[1] / "docs" / "guides" / "run-a-station.md"

LISTED = {
    "variables": ["variables"],
    "passwords": [SECRET_VARIABLES],
    "network connection profiles": ["network_profiles", "network_state"],
    "what ChangeAvailability has made inoperative": ["inoperative"],
    "the offset of the clock": ["clock"],
    "the last transition of the time zone": ["time_offset_transition"],
    "root certificates": ["certificates", "replaced_root"],
    "the certificate of the station with its key": ["certified_keys"],
    "V2G certificates with their keys and OCSP status": ["v2g_keys", "ocsp_status"],
    "keys of requested certificates": ["combined_pending_key", "v2g_pending_key"],
    "the local authorization list with its version": ["local_list", "local_list_version"],
    "the authorization cache": ["token_cache"],
    "reservations": ["reservations"],
    "data about customers": ["customers"],
    "presented contracts": ["presented_contracts"],
    "meter registers": ["meters"],
    "charging profiles and external limits": ["charging_profiles"],
    "charging sessions": ["visits"],
    "transaction ids of the CSMS": ["transaction_numbers"],
    "monitors of the CSMS": ["monitors"],
    "with ids, states and removed default monitors": ["monitor_ids", "monitor_states", "cleared_monitors"],
    "ids of events": ["event_ids"],
    "faults of which codes were reported": ["reported_faults"],
    "display messages": ["display_messages"],
    "the update in progress, its image and its result": ["firmware", "firmware_image", "firmware_refusal"],
    "unanswered messages": ["outbox."],
    "the security log": ["security_log"],
    "the event log": ["event_log"],
    "the reason of the last reboot": ["boot"],
    "whether the CSMS has ever accepted the station": ["service"],
    "the identity of the station": ["owner"],
}
"""The collections of the store by what the guide calls them; of a name that is put together, the beginning."""


def collections(path: Path) -> Iterator[str]:
    """The names of the collections that a module opens. A class with the name in an attribute sets `collection`."""
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Call(func=ast.Attribute(attr="records"), args=[ast.Constant(value=str(name)), _]):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="records"), args=[ast.JoinedStr(values=[ast.Constant(value=str(name)), *_]), _]
            ):
                yield name
            case ast.Call(func=ast.Attribute(attr="records"), args=[ast.Name(id="SECRET_VARIABLES"), _]):
                yield SECRET_VARIABLES
            case ast.Assign(targets=[ast.Name(id="collection")], value=ast.Constant(value=str(name))):
                yield name


def calls(path: Path) -> int:
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "records"
        for node in ast.walk(parsed(path))
    )


def station_modules() -> list[Path]:
    return files(ROOT / "station")


def test_every_collection_of_the_store_is_listed() -> None:
    opened = {name for path in station_modules() for name in collections(path)}
    assert opened == {name for names in LISTED.values() for name in names}


def test_no_collection_is_overlooked() -> None:
    unnamed = [path.name for path in station_modules() if calls(path) > len(list(collections(path)))]
    assert unnamed == []


@pytest.mark.parametrize("text", LISTED)
def test_the_guide_lists_it(text: str) -> None:
    section = GUIDE.read_text(encoding="utf-8").partition("## State across restarts")[2].partition("\n## ")[0]
    assert text in section
