"""The page for people: complete, self-contained, and safe whatever a station sent."""

from html.parser import HTMLParser

import pytest
from tests.reports import campaigns

from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.reports import as_html
from plugfest.reports.as_html import LONGEST_CONVERSATION
from plugfest.reports.model import Report
from plugfest.reports.statements import DISCLAIMER


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(attribute)) is not None]


def page_of(report: Report) -> Page:
    return Page(as_html.page(report))


@pytest.fixture(scope="module")
def page() -> Page:
    return page_of(campaigns.report())


def test_the_page_names_the_product(page: Page) -> None:
    assert "Alpitronic Hypercharger HYC 200 EU" in page.text
    assert "hyc_v3.0.0" in page.text


def test_the_disclaimer_stands_on_the_first_page_and_at_the_end(page: Page) -> None:
    assert page.text.count(DISCLAIMER) == 2


def test_the_page_needs_no_network_and_no_scripts(page: Page) -> None:
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    assert all(target.startswith("#") for target in page.values("href"))
    assert not page.values("src")


def test_what_a_station_sent_stays_text(page: Page) -> None:
    assert campaigns.ANGRY in page.text
    assert "seqNo 1, and the text <b>bold</b>" in page.text


def test_every_link_leads_somewhere(page: Page) -> None:
    assert {target.removeprefix("#") for target in page.values("href")} <= set(page.values("id"))


def test_no_id_stands_twice(page: Page) -> None:
    assert len(set(page.values("id"))) == len(page.values("id"))


def test_every_case_stands_there_with_its_verdict(page: Page) -> None:
    for result in campaigns.results():
        assert f"{as_html.MARKS[result.verdict]} {result.verdict} {result.id} Name of {result.id}" in page.text


def test_a_finding_shows_rule_expectation_fact_and_frame(page: Page) -> None:
    for part in ("E01.FR.07", "step 3", "seqNo 0", campaigns.SAID[2][1]):
        assert part in page.text


def test_the_conversation_of_a_failed_case_is_there(page: Page) -> None:
    assert "GetVariables answered" in page.text
    assert "TransactionEvent refused: InternalError not today" in page.text


def test_a_long_conversation_says_what_was_left_out() -> None:
    frames = campaigns.frames() * 40
    case = CaseResult(id="TC_E_09_CS", name="", profile="Core", verdict=Verdict.FAIL, frames=(0, len(frames)))
    html = as_html.page(campaigns.report(of=(case,), said=frames))
    assert f"({len(frames) - LONGEST_CONVERSATION} earlier ones are in the JSON form)" in html


def test_unwritten_cases_are_listed_openly(page: Page) -> None:
    assert "the lab has no code for it in this version" in page.text


def test_cases_that_do_not_apply_say_why(page: Page) -> None:
    assert "TC_H_01_CS Reserve R-0 is No" in page.text


def test_the_pics_stands_there_with_its_answers(page: Page) -> None:
    assert "C-01 Support for offline authorization of transactions Yes" in page.text
    assert "C-13 Support for Reset per EVSE No" in page.text


@pytest.mark.parametrize(("clock", "said"), [("simulated", True), ("real", False)])
def test_simulated_time_is_stated(clock: str, said: bool) -> None:
    assert ("The clock was simulated" in page_of(campaigns.report(clock=clock)).text) == said


@pytest.mark.parametrize(("clock", "said"), [("simulated", "30 not measurable"), ("real", "30 0.500 0.500 0.500 1")])
def test_an_indicator_stands_beside_its_limit(clock: str, said: str) -> None:
    assert f"OCPP response time {said}" in page_of(campaigns.report(clock=clock)).text


def test_picked_cases_are_stated() -> None:
    assert "Only picked cases were run" in page_of(campaigns.report(narrowed=True)).text


@pytest.mark.parametrize(("seed", "said"), [(None, "the plan's"), (7, "drawn from seed 7")])
def test_the_order_of_the_cases_is_stated(seed: int | None, said: str) -> None:
    assert f"Order of the cases {said}" in page_of(campaigns.report(shuffle=seed)).text


def test_a_campaign_that_passed_says_so() -> None:
    assert "The case passed." in page_of(campaigns.report(of=campaigns.results()[:1])).text


def test_recommendations_are_told_apart_from_what_did_not_pass() -> None:
    page = page_of(campaigns.report(of=campaigns.advised()))
    assert "What the specification recommends (SHOULD)" in page.text
    assert "What did not pass" not in page.text
    assert "why-TC_G_01_CS" in page.values("id")
    assert "All 2 cases passed." in page.text


def test_a_page_without_recommendations_does_not_speak_of_them(page: Page) -> None:
    assert "recommend" not in page.text.lower()
