"""The names in a report: who tested, where, who reviewed and approves it."""

import msgspec


class Approver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who approves the report. Missing fields are not printed."""

    name: str | None = None
    reviewer: str | None = None
    company: str | None = None
    department: str | None = None
    position: str | None = None
    location: str | None = None


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who tested, reviewed and approves. Missing fields are not printed.

    `reference` is the number that the laboratory gives to the report.
    """

    reference: str | None = None
    test_location: str | None = None
    tested_by: str | None = None
    reviewed_by: str | None = None
    vendor: Approver | None = None
    laboratory: Approver | None = None
