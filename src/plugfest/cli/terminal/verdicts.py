"""Verdicts and their counts as the terminal shows them."""

from collections.abc import Mapping

from rich.text import Text

from plugfest.lab.verdict import Verdict

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.NOT_IMPLEMENTED: "magenta",
    Verdict.ERROR: "bold white on red",
}


def styled(verdict: Verdict, *, width: int = 0) -> Text:
    """A verdict in its colour, padded to a width."""
    return Text.assemble((verdict.value, STYLES[verdict]), " " * (width - len(verdict.value)))


def tally(verdicts: Mapping[Verdict, int]) -> Text:
    """How many cases have each verdict that occurs: `52 PASS, 1 FAIL`."""
    counts = [Text(f"{verdicts[verdict]} {verdict}", STYLES[verdict]) for verdict in Verdict if verdicts.get(verdict)]
    return Text(", ").join(counts)
