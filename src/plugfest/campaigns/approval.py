"""The names in a report: who tested, where, who reviewed and approves it."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from plugfest.campaigns.toml_files import load_approval
from plugfest.reports.model.approval import Approval
from plugfest.runs.folder import OptionValue


class ApprovalOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the user has given: a file, and names that take precedence over those in it."""

    approval_file: Path | None = None
    reference: str | None = None
    test_location: str | None = None
    tested_by: str | None = None
    reviewed_by: str | None = None

    @property
    def given(self) -> dict[str, str | Path]:
        """What was given."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in values.items() if value is not None}

    def or_else(self, stored: Mapping[str, OptionValue]) -> "ApprovalOptions":
        """These, and for what was not given the options that a run was begun with."""
        file = stored.get("approval_file")
        texts = {name: str(stored[name]) for name in self.__struct_fields__[1:] if name in stored}
        begun_with = ApprovalOptions(approval_file=None if file is None else Path(str(file)))
        return msgspec.structs.replace(begun_with, **{**texts, **self.given})

    def approval(self) -> Approval:
        """The names.

        Raises:
            NotReadable, InvalidToml: the file cannot be read, or has other keys.
        """
        names = {name: value for name, value in self.given.items() if name != "approval_file"}
        return msgspec.structs.replace(load_approval(self.approval_file), **names)
