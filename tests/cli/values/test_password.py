"""The password of a station: where it may come from."""

import io
from pathlib import Path

import click
import pytest

from plugfest.cli.options.password import ASK
from plugfest.cli.values.defaults import with_defaults
from plugfest.cli.values.external_station import ExternalStationOptions
from plugfest.cli.values.password import given_password
from plugfest.environment_variables import PASSWORD
from plugfest.reports.files import NotReadable

IN_ENVIRONMENT = {PASSWORD: "of-the-environment"}


@pytest.mark.parametrize(
    ("option", "environment", "expected"),
    [
        ("of-the-option", IN_ENVIRONMENT, "of-the-option"),
        (None, IN_ENVIRONMENT, "of-the-environment"),
        (None, {PASSWORD: ""}, None),
        (None, {}, None),
    ],
)
def test_the_option_comes_before_the_environment(
    option: str | None, environment: dict[str, str], expected: str | None
) -> None:
    assert given_password(option, None, environment) == expected


def test_the_password_is_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("pässword of a file\nanother line\n", encoding="utf-8")
    assert given_password(None, file, IN_ENVIRONMENT) == "pässword of a file"


@pytest.mark.parametrize(("content", "reason"), [(b"", "has no password"), (b"\n", "has no"), (b"\xff", "not UTF-8")])
def test_a_file_without_a_password_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(NotReadable, match=reason):
        given_password(None, file, {})


def test_a_pipe_gives_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"of the pipe\nq\n")))
    assert given_password(None, ASK, {}) == "of the pipe"


def test_two_options_for_one_password_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="give only one of --password and --password-file"):
        given_password("one", tmp_path / "password", {})


def test_without_a_station_of_the_user_the_environment_does_not_count() -> None:
    assert with_defaults(ExternalStationOptions(), IN_ENVIRONMENT) == ExternalStationOptions()
    listening = ExternalStationOptions(listen="ws://127.0.0.1:1")
    assert with_defaults(listening, IN_ENVIRONMENT).password == "of-the-environment"
