"""The versions of OCPP that the lab speaks, by their names."""

from collections.abc import Mapping

from plugfest.lab.dialect import Dialect
from plugfest.lab.v16.dialect import V16Dialect
from plugfest.lab.v201.dialect import V201Dialect

DIALECTS: Mapping[str, type[Dialect]] = {"1.6": V16Dialect, "2.0.1": V201Dialect}
