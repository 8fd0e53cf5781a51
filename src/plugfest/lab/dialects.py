"""The versions of OCPP that the lab speaks, by their names."""

from collections.abc import Mapping

from plugfest.lab.dialect import Dialect
from plugfest.lab.v201.dialect import V201Dialect

DIALECTS: Mapping[str, type[Dialect]] = {"2.0.1": V201Dialect}
