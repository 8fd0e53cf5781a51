"""Keys are read and changed, those that are there and those that are not."""

from plugfest.lab.case import case
from plugfest.lab.expectations import split
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.required_keys import FEATURE_PROFILES, lacking, promised
from plugfest.lab.v16.configuration import AUTHORIZATION_KEY
from plugfest.lab.v16.states.configuration_keys import change_configuration, get_configuration
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

PROFILES, MAX_KEYS = "SupportedFeatureProfiles", "GetConfigurationMaxKeys"
SAMPLE_INTERVAL = "MeterValueSampleInterval"
READ_ONLY = "NumberOfConnectors"
NO_KEY = "Testing"


async def feature_profiles(bench: Bench) -> None:
    """The station names Core, what its PICS promises, and no profile that OCPP does not have (9.1.29)."""
    key = (await get_configuration(bench, PROFILES))[PROFILES.lower()]
    named = split(given(key.value) or "")
    unknown = set(named) - FEATURE_PROFILES
    bench.check(not unknown, f"members of {', '.join(sorted(FEATURE_PROFILES))}", ", ".join(sorted(unknown)))
    missing = promised(bench.product) - set(named)
    bench.check(not missing, f"{', '.join(sorted(promised(bench.product)))} in {PROFILES}", ", ".join(named))


async def all_keys(bench: Bench) -> dict[str, t.KeyValue]:
    """Every required key is there, with a value, and writable as it has to be; the password is told to nobody."""
    told = await get_configuration(bench)
    frame = bench.csms.last_frame
    lacks = list(lacking(bench.product, told, fixed_cable=all_fixed(bench)))
    bench.judge.checks += len(told)
    for lack in lacks:
        bench.judge.add_finding(lack.expected, lack.actual, frame=frame)
    password = told.get(AUTHORIZATION_KEY.lower())
    secret = password is None or not given(password.value)
    bench.check(secret, f"{AUTHORIZATION_KEY} without a value", "told", frame=frame)
    return told


def all_fixed(bench: Bench) -> bool:
    """Whether no connector takes a cable of the driver's own."""
    return all(evse.connectors[0].cable == "Fixed Cable" for evse in bench.product.evses)


@case("TC_019_CS", requirements=("section 5.8", "section 9"))
async def retrieve(bench: Bench) -> None:
    await feature_profiles(bench.step(1))
    told = await all_keys(bench.step(3))
    key = (await get_configuration(bench.step(5), MAX_KEYS))[MAX_KEYS.lower()]
    value = given(key.value) or ""
    bench.check(value.isdecimal() and int(value) > 0, f"{MAX_KEYS} of at least 1", value, frame=bench.csms.last_frame)
    several = sorted(one.key for one in told.values())[: int(value)]
    await get_configuration(bench.step(7), *several)


@case("TC_021_CS", requirements=("section 5.3", "section 5.8"))
async def change(bench: Bench) -> None:
    value = str(bench.settings.sampled_interval)
    await change_configuration(bench.step(1), SAMPLE_INTERVAL, value)
    key = (await get_configuration(bench.step(3), SAMPLE_INTERVAL))[SAMPLE_INTERVAL.lower()]
    bench.check(key.value == value, f"{SAMPLE_INTERVAL} {value}", key.value, frame=bench.csms.last_frame)


@case("TC_040_1_CS", requirements=("section 5.3", "section 5.8"))
async def unknown_key(bench: Bench) -> None:
    """Derived: who cannot change a key because it is not there cannot read it either, and says so in unknownKey."""
    request = m.ChangeConfigurationRequest(key=NO_KEY, value="true")
    await bench.step(1).call(request, status="NotSupported")
    read = m.GetConfigurationRequest(key=[NO_KEY])
    response = await bench.step(3, "section 5.8").call(read, unknown_key=[NO_KEY])
    told = ", ".join(one.key for one in given(response.configuration_key) or ())
    bench.check(not told, "no configurationKey", told, frame=bench.csms.last_frame)


@case("TC_040_2_CS", requirements=("section 5.3",))
async def value_out_of_range(bench: Bench) -> None:
    """Rejected, or the message is refused; either way the old value stays.

    Derived: nor does any value fit a key that can only be read, and it is no unknown key for that (5.3).
    """
    before = (await get_configuration(bench, SAMPLE_INTERVAL))[SAMPLE_INTERVAL.lower()].value
    request = m.ChangeConfigurationRequest(key=SAMPLE_INTERVAL, value="-1")
    await bench.step(1).call_or_error(request, "PropertyConstraintViolation", status="Rejected")
    after = (await get_configuration(bench, SAMPLE_INTERVAL))[SAMPLE_INTERVAL.lower()].value
    bench.check(after == before, f"{SAMPLE_INTERVAL} still {before}", after, frame=bench.csms.last_frame)
    await read_only(bench.step(3))


async def read_only(bench: Bench) -> None:
    """A key that can only be read stays as it is."""
    before = (await get_configuration(bench, READ_ONLY))[READ_ONLY.lower()]
    bench.check(before.readonly, f"{READ_ONLY} readonly (9.1.21)", before.readonly, frame=bench.csms.last_frame)
    await bench.call(m.ChangeConfigurationRequest(key=READ_ONLY, value="7"), status="Rejected")
    after = (await get_configuration(bench, READ_ONLY))[READ_ONLY.lower()]
    kept = after.value == before.value
    bench.check(kept, f"{READ_ONLY} still {before.value}", after.value, frame=bench.csms.last_frame)
