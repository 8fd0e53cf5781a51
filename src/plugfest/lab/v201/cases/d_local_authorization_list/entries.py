"""The version and the number of entries that the station reports for its list."""

from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Variable
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

ENTRIES = Variable("LocalAuthListCtrlr", "Entries")


async def list_has(bench: Bench, *, version: int, entries: int) -> None:
    """The station reports this version and, with the required variable Entries, this number of tokens (D01.FR.12).

    A station without the variable fails the cases about required variables (TC_B_53).
    """
    await bench.call(m.GetLocalListVersionRequest(), version_number=version)
    if bench.configuration.has(ENTRIES):
        bench.step("post scenario", "D01.FR.12")
        request = m.GetVariablesRequest(get_variable_data=[t.GetVariableDataType(**ENTRIES.wire())])
        found = has(attribute_status="Accepted", attribute_value=str(entries))
        await bench.call(request, get_variable_result=[found])
