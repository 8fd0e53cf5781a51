"""GetConfiguration and ChangeConfiguration, with known and unknown keys."""

from plugfest.lab.case import case
from plugfest.lab.expectations import split
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import AUTHORIZATION_KEY
from plugfest.lab.v16.required_keys import FEATURE_PROFILES, claimed_profiles, deviations
from plugfest.lab.v16.states.configuration_keys import change_configuration, get_configuration
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

PROFILES, MAX_KEYS = "SupportedFeatureProfiles", "GetConfigurationMaxKeys"
SAMPLE_INTERVAL = "MeterValueSampleInterval"
READ_ONLY = "NumberOfConnectors"
UNKNOWN_KEY = "Testing"


async def feature_profiles(bench: Bench) -> None:
    """The station reports Core and the profiles of its PICS, and no profile unknown to OCPP (9.1.29)."""
    key = (await get_configuration(bench, PROFILES))[PROFILES.lower()]
    reported = split(given(key.value) or "")
    unknown = set(reported) - FEATURE_PROFILES
    bench.check(not unknown, f"only {', '.join(sorted(FEATURE_PROFILES))}", ", ".join(sorted(unknown)))
    claimed = claimed_profiles(bench.product)
    expected = f"{', '.join(sorted(claimed))} in {PROFILES}"
    bench.check(not claimed - set(reported), expected, ", ".join(reported))


async def all_keys(bench: Bench) -> dict[str, t.KeyValue]:
    """Every required key is present, with a value and the required access; the password is not reported."""
    keys = await get_configuration(bench)
    frame = bench.csms.answer_frame
    found = list(deviations(bench.product, keys, fixed_cable=fixed_cables_only(bench)))
    bench.judge.checks += len(keys)
    for deviation in found:
        bench.judge.add_finding(deviation.expected, deviation.actual, frame=frame)
    password = keys.get(AUTHORIZATION_KEY.lower())
    secret = password is None or not given(password.value)
    bench.check(secret, f"{AUTHORIZATION_KEY} without a value", "a value", frame=frame)
    return keys


def fixed_cables_only(bench: Bench) -> bool:
    """Whether every connector has a fixed cable."""
    return all(evse.connectors[0].cable == "Fixed Cable" for evse in bench.product.evses)


@case("TC_019_CS", requirements=("section 5.8", "section 9"))
async def retrieve(bench: Bench) -> None:
    await feature_profiles(bench.step(1))
    keys = await all_keys(bench.step(3))
    key = (await get_configuration(bench.step(5), MAX_KEYS))[MAX_KEYS.lower()]
    value = given(key.value) or ""
    bench.check(value.isdecimal() and int(value) > 0, f"{MAX_KEYS} of at least 1", value, frame=bench.csms.answer_frame)
    several = sorted(each.key for each in keys.values())[: int(value)]
    await get_configuration(bench.step(7), *several)


@case("TC_021_CS", requirements=("section 5.3", "section 5.8"))
async def change(bench: Bench) -> None:
    value = str(bench.settings.sampled_interval)
    await change_configuration(bench.step(1), SAMPLE_INTERVAL, value)
    key = (await get_configuration(bench.step(3), SAMPLE_INTERVAL))[SAMPLE_INTERVAL.lower()]
    bench.check(key.value == value, f"{SAMPLE_INTERVAL} {value}", key.value, frame=bench.csms.answer_frame)


@case("TC_040_1_CS", requirements=("section 5.3", "section 5.8"))
async def unknown_key(bench: Bench) -> None:
    """Derived: a key that cannot be changed because it is unknown cannot be read either (unknownKey)."""
    request = m.ChangeConfigurationRequest(key=UNKNOWN_KEY, value="true")
    await bench.step(1).call(request, status="NotSupported")
    read = m.GetConfigurationRequest(key=[UNKNOWN_KEY])
    response = await bench.step(3, "section 5.8").call(read, unknown_key=[UNKNOWN_KEY])
    reported = ", ".join(each.key for each in given(response.configuration_key) or ())
    bench.check(not reported, "no configurationKey", reported, frame=bench.csms.answer_frame)


@case("TC_040_2_CS", requirements=("section 5.3",))
async def value_out_of_range(bench: Bench) -> None:
    """Rejected, or a CALLERROR; the value does not change.

    Derived: a read-only key accepts no value, and is not an unknown key (5.3).
    """
    before = (await get_configuration(bench, SAMPLE_INTERVAL))[SAMPLE_INTERVAL.lower()].value
    request = m.ChangeConfigurationRequest(key=SAMPLE_INTERVAL, value="-1")
    await bench.step(1).call_or_error(request, "PropertyConstraintViolation", status="Rejected")
    after = (await get_configuration(bench, SAMPLE_INTERVAL))[SAMPLE_INTERVAL.lower()].value
    bench.check(after == before, f"{SAMPLE_INTERVAL} {before}, unchanged", after, frame=bench.csms.answer_frame)
    await read_only(bench.step(3))


async def read_only(bench: Bench) -> None:
    """A read-only key does not change."""
    before = (await get_configuration(bench, READ_ONLY))[READ_ONLY.lower()]
    bench.check(before.readonly, f"{READ_ONLY} readonly (9.1.21)", before.readonly, frame=bench.csms.answer_frame)
    await bench.call(m.ChangeConfigurationRequest(key=READ_ONLY, value="7"), status="Rejected")
    after = (await get_configuration(bench, READ_ONLY))[READ_ONLY.lower()]
    unchanged = after.value == before.value
    bench.check(unchanged, f"{READ_ONLY} {before.value}, unchanged", after.value, frame=bench.csms.answer_frame)
