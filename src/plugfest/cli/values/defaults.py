"""What the options for a station of the user take from the environment and the data folder of the user."""

from collections.abc import Mapping

import msgspec

from plugfest.cli.values.external_station import ExternalStationOptions
from plugfest.cli.values.password import given_password
from plugfest.runs.data_folder import data_folder


def with_defaults(options: ExternalStationOptions, environment: Mapping[str, str]) -> ExternalStationOptions:
    """The options, with the password that is given elsewhere. With wss:// and without --pki, the PKI is in the data
    folder: it is the same in every run. Raises UsageError, NotReadable.
    """
    if options.listen is None:
        return options
    pki = options.pki_folder
    if pki is None and options.listen.startswith("wss:"):
        pki = data_folder(environment) / "pki"
    password = given_password(options.password, options.password_file, environment)
    return msgspec.structs.replace(options, password=password, password_file=None, pki_folder=pki)
