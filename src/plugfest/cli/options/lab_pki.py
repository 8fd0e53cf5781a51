"""The PKI of the lab if the user names none: it is the same in every run."""

from collections.abc import Mapping

import msgspec

from plugfest.cli.options.external_station import ExternalStationOptions
from plugfest.runs.data_folder import data_folder


def with_lab_pki(options: ExternalStationOptions, environment: Mapping[str, str]) -> ExternalStationOptions:
    """The options; with wss:// and without --pki, the PKI is in the data folder of the user."""
    if options.pki_folder is not None or not (options.listen or "").startswith("wss:"):
        return options
    return msgspec.structs.replace(options, pki_folder=data_folder(environment) / "pki")
