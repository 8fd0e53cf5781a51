"""The figures of a fleet."""

from plugfest.fleet.figures import MAX_REASONS, OTHER_REASONS, Figures, added, most_frequent


def figures_of(connected: int, action: str, seconds: float, reason: str) -> Figures:
    figures = Figures(stations=2, connected=connected, sent=3, received=4)
    figures.answered(action, seconds)
    figures.opening.add(seconds)
    figures.failed(reason)
    return figures


def test_the_figures_of_processes_are_added() -> None:
    total = added([figures_of(1, "Heartbeat", 0.01, "refused"), figures_of(2, "Heartbeat", 0.02, "refused")])
    assert (total.stations, total.connected, total.messages) == (4, 3, 14)
    assert total.latencies["Heartbeat"].count == total.opening.count == 2
    assert total.errors == {"refused": 2}
    assert total.failures == 2


def test_added_figures_are_no_part_of_what_was_added() -> None:
    one = figures_of(1, "Heartbeat", 0.01, "refused")
    added([one]).answered("Heartbeat", 0.5)
    assert one.latencies["Heartbeat"].count == 1


def test_the_latency_of_all_actions_counts_each_request() -> None:
    figures = figures_of(1, "Heartbeat", 0.01, "refused")
    figures.answered("BootNotification", 0.5)
    assert figures.latency().count == 2
    assert figures.latency().longest == 0.5


def test_further_reasons_are_counted_together() -> None:
    figures = Figures()
    for number in range(MAX_REASONS + 5):
        figures.failed(f"reason {number}")
    assert len(figures.errors) == MAX_REASONS + 1
    assert figures.errors[OTHER_REASONS] == 5
    assert figures.failures == MAX_REASONS + 5


def test_the_most_frequent_reason_comes_first() -> None:
    assert most_frequent({"b": 1, "a": 1, "c": 3}) == [("c", 3), ("a", 1), ("b", 1)]
