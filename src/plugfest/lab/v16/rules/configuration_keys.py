"""What a case shows of the configuration keys of the station, and what GetConfiguration.conf has to name (5.8)."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m


def key_value(evidence: Evidence, key: str, frame: int) -> str | None:
    """The value of a key before this frame, as the station has last reported or accepted it; None if unknown."""
    found = None
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if exchange.answered_in is None or exchange.answered_in >= frame:
            continue
        if isinstance(response, m.GetConfigurationResponse):
            entries = given(response.configuration_key) or ()
            found = next((given(each.value) for each in entries if each.key.lower() == key.lower()), found)
        elif isinstance(request, m.ChangeConfigurationRequest) and request.key.lower() == key.lower():
            found = request.value if getattr(response, "status", None) == "Accepted" else found
    return found


def _judge_get_configuration(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.GetConfigurationRequest) or not isinstance(response, m.GetConfigurationResponse):
            continue
        asked = {key.lower() for key in given(request.key) or ()}
        known = [entry.key for entry in given(response.configuration_key) or ()]
        unknown = list(given(response.unknown_key) or ())
        for expected, actual in _deviations(asked, known, unknown):
            yield Violation(expected, actual, exchange.answered_in)


def _deviations(asked: set[str], known: list[str], unknown: list[str]) -> Iterator[tuple[str, str]]:
    """Keys are case-insensitive (6.23). Without keys in the request the station returns all of its own."""
    if not asked:
        if unknown:
            yield "GetConfigurationResponse.unknownKey empty without keys in the request", ", ".join(unknown)
        return
    name = "GetConfigurationResponse"
    for key in known:
        if key.lower() not in asked:
            yield f"{name}.configurationKey with the requested keys only", key
    for key in unknown:
        if key.lower() not in asked:
            yield f"{name}.unknownKey with requested keys only", key
    both = {key.lower() for key in known} & {key.lower() for key in unknown}
    if both:
        yield f"{name} with each key in configurationKey or in unknownKey", f"in both: {', '.join(sorted(both))}"
    missing = asked - {key.lower() for key in (*known, *unknown)}
    if missing and len(asked) == 1:
        # With several keys the station may have a limit (GetConfigurationMaxKeys).
        yield f"{name} with the requested key in configurationKey or unknownKey", f"without {', '.join(missing)}"


GET_CONFIGURATION = Rule("GetConfiguration returns what was requested", "section 5.8", _judge_get_configuration)
