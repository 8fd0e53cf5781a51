"""GetConfiguration and ChangeConfiguration as steps of a scenario."""

from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


async def get_configuration(bench: Bench, *keys: str) -> dict[str, t.KeyValue]:
    """Read these keys, and see the station know each of them and name it once (5.8); without any, read all."""
    request = m.GetConfigurationRequest(key=list(keys)) if keys else m.GetConfigurationRequest()
    response = await bench.ask(request)
    frame = bench.csms.last_frame
    unknown = given(response.unknown_key) or []
    bench.check(not unknown, "no unknownKey", ", ".join(unknown), frame=frame)
    told = given(response.configuration_key) or []
    names = [one.key.lower() for one in told]
    wanted = sorted(key.lower() for key in keys) or sorted(set(names))
    bench.check(sorted(names) == wanted, f"configurationKey {', '.join(wanted)}", ", ".join(names), frame=frame)
    return {one.key.lower(): one for one in told}


async def change_configuration(bench: Bench, key: str, value: str, *, status: object = "Accepted") -> None:
    """Change a key in the course of a scenario; what it was before comes back after the case."""
    bench.csms.inbox.set_mark()
    response = await bench.call(m.ChangeConfigurationRequest(key=key, value=value), status=status)
    if response.status in ("Accepted", "RebootRequired"):
        bench.configuration.note(key, value)
