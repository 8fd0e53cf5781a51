"""A faulted connector."""

from plugfest.lab.case import case
from plugfest.lab.expectations import anything
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.connector_status import connector_becomes
from plugfest.ocpp.v16 import messages as m


@case("TC_041_CS", requirements=("section 4.9",))
async def no_charging(bench: Bench) -> None:
    """Derived: the station chooses the errorCode. NoError is a finding of a rule for every case."""
    bench.step(1)
    await bench.fault(present=True)
    await connector_becomes(bench.step(2), "Faulted", error_code=anything)
    bench.step(4)
    await bench.present(bench.tokens.valid)
    await bench.silence(m.StartTransactionRequest, seconds=bench.settings.time_tolerance)
    await bench.plug_in()
    await bench.silence(m.StartTransactionRequest, seconds=bench.settings.transaction_duration)
