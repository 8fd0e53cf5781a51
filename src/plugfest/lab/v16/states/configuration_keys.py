"""GetConfiguration and ChangeConfiguration as steps of a scenario."""

from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def get_configuration(bench: Bench, *keys: str) -> dict[str, t.KeyValue]:
    """Read these keys, or all if none is given; the station returns each key once and no others (5.8)."""
    request = m.GetConfigurationRequest(key=list(keys)) if keys else m.GetConfigurationRequest()
    response = await bench.ask(request)
    frame = bench.csms.answer_frame
    unknown = given(response.unknown_key) or []
    bench.check(not unknown, "no unknownKey", ", ".join(unknown), frame=frame)
    reported = given(response.configuration_key) or []
    names = [one.key.lower() for one in reported]
    expected = sorted(key.lower() for key in keys) or sorted(set(names))
    bench.check(sorted(names) == expected, f"configurationKey {', '.join(expected)}", ", ".join(names), frame=frame)
    return {one.key.lower(): one for one in reported}


async def change_configuration(bench: Bench, key: str, value: str, *, status: object = "Accepted") -> None:
    """Change a key within a scenario. Its former value is restored after the case."""
    bench.csms.inbox.set_mark()
    response = await bench.call(m.ChangeConfigurationRequest(key=key, value=value), status=status)
    if response.status in ("Accepted", "RebootRequired"):
        bench.configuration.note(key, value)
