"""The HTML page: complete, self-contained, and safe with any text of a station."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest
from msgspec.structs import replace
from tests.reports import campaigns, conversations

from plugfest.reports.formats import as_html
from plugfest.reports.formats.html_evidence import MAX_PAYLOAD_LENGTH
from plugfest.reports.model.approval import Approval, Approver
from plugfest.reports.model.report import Document, FamilyReport, Laboratory
from plugfest.reports.model.statements import DISCLAIMER


class Page(HTMLParser):
    """A parsed page: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html.replace("<wbr>", ""))  # a place to break a line is not text
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(attribute)) is not None]

    def in_order(self, *words: str) -> bool:
        """Whether the text has all of these in this order."""
        at = 0
        for one in words:
            at = self.text.find(one, at)
            if at < 0:
                return False
        return True


def page_of(document: Document) -> Page:
    return Page(as_html.page(document))


def family() -> FamilyReport:
    """A family of two; the second did not pass every case."""
    representative = campaigns.report(of=campaigns.results()[:1])
    member = campaigns.report()
    renamed = replace(member.product, slug="other", model="Other Model", config_id="AA58788F-00000000")
    return FamilyReport(
        disclaimer=DISCLAIMER,
        name="both",
        title="Both of Them",
        representative=representative,
        members=(replace(member, product=renamed),),
    )


@pytest.fixture(scope="module")
def page() -> Page:
    return page_of(campaigns.report())


@pytest.fixture(scope="module")
def family_page() -> Page:
    return page_of(family())


# Any document

DOCUMENTS = pytest.mark.parametrize(
    "document", [campaigns.report(), campaigns.report(clock="real"), family()], ids=["product", "measured", "family"]
)


@DOCUMENTS
def test_the_disclaimer_is_on_the_first_page_and_at_the_end(document: Document) -> None:
    page = page_of(document)
    assert page.text.index(DISCLAIMER) < page.text.index("Result")
    assert page.text.rindex(DISCLAIMER) > page.text.rindex("Cases that do not apply")


@DOCUMENTS
def test_the_page_needs_no_network_and_no_scripts(document: Document) -> None:
    page = page_of(document)
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    assert all(target.startswith("#") for target in page.values("href"))
    assert not page.values("src")
    assert not {name for _, attributes in page.tags for name in attributes if name.startswith("on")}


@DOCUMENTS
def test_every_link_has_a_target(document: Document) -> None:
    page = page_of(document)
    assert {target.removeprefix("#") for target in page.values("href")} <= set(page.values("id"))


@DOCUMENTS
def test_every_id_is_unique(document: Document) -> None:
    page = page_of(document)
    assert len(set(page.values("id"))) == len(page.values("id"))


@DOCUMENTS
def test_headings_go_down_one_level_at_a_time(document: Document) -> None:
    levels = [int(tag[1]) for tag, _ in page_of(document).tags if tag in {"h1", "h2", "h3", "h4", "h5"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@DOCUMENTS
def test_the_same_document_gives_the_same_page(document: Document) -> None:
    assert as_html.page(document) == as_html.page(document)


def test_no_name_reverses_a_line() -> None:
    report = campaigns.report()
    turned = replace(report, product=replace(report.product, model="Box \u202efdp.exe"))
    html = as_html.page(turned)
    assert "\u202e" not in html
    assert "Box [U+202E]fdp.exe" in html


def test_text_of_a_station_stays_text(page: Page) -> None:
    assert campaigns.SCRIPT in page.text
    assert "seqNo 1, and the text <b>bold</b>" in page.text


# The report of a product


def test_the_sections_are_in_the_order_of_a_test_report(page: Page) -> None:
    assert [attributes["id"] for tag, attributes in page.tags if tag == "section"] == [
        "result",
        "hardware",
        "features",
        "questions",
        "settings",
        "performance",
        "approval",
        "not-passed",
        "not-implemented",
        "abandoned",
        "cases",
        "not-applicable",
        "evidence",
    ]


@pytest.mark.parametrize(
    "fact",
    [
        "Vendor Alpitronic Product Hypercharger HYC 200 EU",
        "Firmware version hyc_v3.0.0",
        "Specification OCPP 2.0.1 (Edition",
        "Date of the run 2026-01-01 09:30 UTC",
        "Instance ID of the lab none: not signed",
        "Firmware image, SHA-256 not given",
        "1 of 5 cases passed.",
    ],
)
def test_the_first_page_says_what_was_tested(page: Page, fact: str) -> None:
    assert 0 <= page.text.find(fact) < page.text.index("Certification profile")


def test_the_first_page_says_who_signed_and_which_image_was_tested() -> None:
    report = campaigns.report()
    signed = Laboratory(software="Plugfest", instance_id="0123456789abcdef", fingerprint="f" * 64)
    hashed = replace(report.product, firmware_hash="a" * 64)
    page = page_of(replace(report, laboratory=signed, product=hashed))
    assert page.in_order(
        "Instance ID of the lab 0123456789abcdef",
        f"Fingerprint of the lab's key, SHA-256 {'f' * 64}",
        f"Firmware image, SHA-256 {'a' * 64}",
        "Result",
    )


def test_every_statement_is_on_the_first_page(page: Page) -> None:
    for statement in campaigns.report().statements:
        assert page.text.index(statement) < page.text.index("Certification profile")


def test_a_statement_about_one_member_of_a_family_names_it_on_the_first_page(family_page: Page) -> None:
    assert family_page.in_order("Other Model: 1 case applies but was not run", "Representative product", "Result")


def test_each_profile_has_its_result_and_description(page: Page) -> None:
    for one in campaigns.report().profiles:
        assert " ".join(f"{one.profile} {one.result} {one.description} {one.remark}".split()) in page.text


def test_the_page_has_the_answers_of_the_pics(page: Page) -> None:
    assert "C-01 Support for offline authorization of transactions Yes" in page.text
    assert "C-13 Support for Reset per EVSE No" in page.text
    assert "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" in page.text


def test_measurands_have_columns_for_tested_and_supported(page: Page) -> None:
    assert page.in_order("ID Metervalues Tested Supported according to vendor", "C-40.1", "Power.Active.Import")


def test_connectors_of_2_0_1_have_an_evse(page: Page) -> None:
    assert "EVSE Current Phases Connector Type Cable type 1 DC 1 cCCS2 Fixed Cable" in page.text


def test_connectors_of_1_6_have_one_number() -> None:
    report = campaigns.report()
    page = page_of(replace(report, product=replace(report.product, ocpp_version="1.6")))
    assert "Connector Current Phases Type Cable type 1 DC cCCS2 Fixed Cable" in page.text


@pytest.mark.parametrize(("clock", "expected"), [("simulated", "not measurable"), ("real", "0.500 0.500 0.500 1")])
def test_an_indicator_says_what_was_measured(clock: str, expected: str) -> None:
    page = page_of(campaigns.report(clock=clock))
    assert page.in_order("Indicator Limit Description OCPP response time 30", f"OCPP response time {expected}")


def test_the_technology_of_the_measurement_is_named(page: Page) -> None:
    assert "Communication technology during the run loopback of one computer" in page.text


def test_without_approvers_the_page_says_so(page: Page) -> None:
    assert "No approver was given." in page.text


def test_the_approvers_are_named() -> None:
    approval = Approval(
        vendor=Approver(name="A. Person", company="Alpitronic"), laboratory=Approver(reviewer="R. Viewer")
    )
    page = page_of(replace(campaigns.report(), approval=approval))
    assert page.in_order("Vendor Name A. Person Company Alpitronic", "Test laboratory Name of the reviewer R. Viewer")
    assert "Position" not in page.text


def test_a_finding_shows_requirement_expected_actual_and_frame(page: Page) -> None:
    assert page.in_order(
        "Cases that did not pass", "E01.FR.07 step 3", "seqNo 0", "Frame 2", campaigns.TIMED_FRAMES[2][1]
    )


def test_a_page_says_that_every_case_passed() -> None:
    assert "None: no case failed" in page_of(campaigns.report(of=campaigns.results()[:1])).text


def test_every_case_is_listed_with_its_verdict(page: Page) -> None:
    for result in campaigns.results():
        assert f"{as_html.MARKS[result.verdict]} {result.verdict} {result.id} Name of {result.id}" in page.text


def test_cases_that_are_not_implemented_are_listed(page: Page) -> None:
    assert "this version of the lab does not implement it" in page.text
    assert "TC_B_01_CS Name of TC_B_01_CS" in page.text


def test_cases_that_do_not_apply_say_why(page: Page) -> None:
    assert "TC_H_01_CS Reserve R-0 is No" in page.text


def test_recommendations_are_separate_from_cases_that_did_not_pass() -> None:
    page = page_of(campaigns.report(of=campaigns.advised()))
    assert page.in_order("None: no case failed", "Recommendations of the specification (SHOULD)", "G01.FR.08")
    assert "findings-TC_G_01_CS" in page.values("id")
    assert "All 2 cases passed." in page.text


def test_a_page_without_recommendations_does_not_mention_them(page: Page) -> None:
    assert "recommend" not in page.text.lower()


@pytest.mark.parametrize(("seed", "expected"), [(None, "as in this report"), (7, "random, seed 7")])
def test_the_order_of_the_cases_is_stated(seed: int | None, expected: str) -> None:
    assert f"Order of the cases {expected}" in page_of(campaigns.report(shuffle=seed)).text


# Evidence


def test_every_case_that_was_run_has_evidence(page: Page) -> None:
    run = {f"evidence-{one.id}" for one in campaigns.results() if one.verdict != "NOT IMPLEMENTED"}
    assert run == {one for one in page.values("id") if one.startswith("evidence-")}


def test_evidence_has_a_drawing_the_steps_and_the_frames() -> None:
    sent = conversations.exchange(0, conversations.LAB, 1, "Reset", '{"type":"Immediate"}', '{"status":"Accepted"}')
    page = page_of(conversations.report(*sent, steps=(conversations.step("4", 0, "B12.FR.01", checks=2),)))
    assert page.in_order(
        "TC_E_01_CS A <case>: sequence diagram",
        "Step Requirements Checks 4 B12.FR.01 2",
        '0 0.00 s lab Reset {"type":"Immediate"}',
        '1 0.10 s station Reset response {"status":"Accepted"}',
    )


def test_a_drawing_can_be_reached_with_the_keyboard(page: Page) -> None:
    drawings = [attributes for _, attributes in page.tags if attributes.get("class") == "drawing"]
    assert drawings
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in drawings)


def test_a_finding_links_to_its_frame(page: Page) -> None:
    assert "#TC_E_09_CS-2" in page.values("href")


def test_a_frame_with_a_finding_is_marked_by_its_level() -> None:
    html = page_of(campaigns.report(of=(campaigns.results()[1], campaigns.advised()[0])))
    marked = {
        attributes["id"]: attributes["class"] for tag, attributes in html.tags if tag == "li" and "id" in attributes
    }
    assert marked["TC_E_09_CS-2"] == "station finding-shall"
    assert marked["TC_G_01_CS-4"] == "station finding-should"
    assert marked["TC_E_09_CS-1"] == "station"


def test_a_long_payload_says_how_many_characters_are_omitted() -> None:
    payload = '{"data":"' + "x" * 2 * MAX_PAYLOAD_LENGTH + '"}'
    page = page_of(conversations.report((0.0, conversations.LAB, f'[2,"1","DataTransfer",{payload}]')))
    assert f"… {2 * MAX_PAYLOAD_LENGTH - MAX_PAYLOAD_LENGTH + 16} more characters in report.json" in page.text


def test_thousands_of_frames_are_shown_in_part() -> None:
    page = page_of(
        conversations.report(*((0.001 * number, conversations.STATION, f"noise {number}") for number in range(5000)))
    )
    assert page.in_order("5000 frames", "4700 frames not shown", "4700 more frames in report.json", "noise 4999")


def test_a_case_without_frames_says_so(page: Page) -> None:
    assert "The case has no frames." in page.text


@pytest.mark.parametrize(("clock", "shown"), [("simulated", False), ("real", True)])
def test_response_times_are_drawn_if_there_are_any(clock: str, shown: bool) -> None:
    assert ("Response times of the station by message" in page_of(campaigns.report(clock=clock)).text) == shown


# A family


def test_a_family_begins_with_its_members(family_page: Page) -> None:
    assert family_page.in_order(
        "Both of Them",
        "1 of 2 products passed all of their cases.",
        "Representative product",
        "Members of the family",
        "Hypercharger HYC 200 EU representative",
        "Other Model",
        "AA58788F-00000000",
        "1 of 5 cases passed.",
        "Result",
    )


def test_each_member_has_a_declaration_with_its_own_tables_and_cases(family_page: Page) -> None:
    assert family_page.in_order(
        "Evidence",
        "Declaration of conformance by the vendor: Other Model",
        "No person was given who declares for the vendor.",
        DISCLAIMER,
        "Hardware feature set",
        "C-13 Support for Reset per EVSE No",
        "Cases",
        "TC_E_09_CS Name of TC_E_09_CS",
        "TC_H_01_CS Reserve R-0 is No",
    )
    assert "other-cases" in family_page.values("id")


def test_the_declarant_is_named() -> None:
    both = family()
    approval = Approval(vendor=Approver(name="D. Eclarer"))
    page = page_of(replace(both, members=(replace(both.members[0], approval=approval),)))
    assert page.in_order("On behalf of Alpitronic, the person named below declares", "Declared by", "D. Eclarer")


def test_the_declaration_says_if_the_station_was_virtual() -> None:
    both = family()
    member = replace(both.members[0], approval=Approval(vendor=Approver(name="D. Eclarer")))
    real = replace(member, run=replace(member.run, operator="prompt"))
    assert "a virtual station of the product named here was tested" in page_of(replace(both, members=(member,))).text
    assert "the product and firmware named here were tested" in page_of(replace(both, members=(real,))).text
