"""The performance indicators of a campaign as the terminal shows them."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from plugfest.lab.recording.performance import Measurement
from plugfest.reports.model.indicators import Indicator

HEAD = ("Performance, in seconds", "Limit", "Least", "Most", "Average", "Measurements")


def table(indicators: Sequence[Indicator]) -> Table:
    """One row an indicator; what is above the product's limit stands out."""
    rows = Table(*HEAD, box=SIMPLE_HEAD, pad_edge=False)
    for column in rows.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for one in indicators:
        limit = "none given" if one.limit is None else f"{one.limit:g}"
        rows.add_row(one.title, limit, *_measured(one))
    return rows


def _measured(one: Indicator) -> Sequence[Text]:
    if not isinstance(one.measured, Measurement):
        return (Text(), Text(one.measured, "dim"))
    most = f"{one.measured.maximum:.3f}"
    return (
        Text(f"{one.measured.minimum:.3f}"),
        Text(f"{most}, above the limit", "bold red") if one.within_limit is False else Text(most),
        Text(f"{one.measured.average:.3f}"),
        Text(str(one.measured.count)),
    )
