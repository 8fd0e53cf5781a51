"""The editor of a PICS: as a form, and as text."""

import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from tests.products.pics_files import VALID_PICS, catalog_text
from tests.web.products.site import Section, fields_of

from plugfest.products import product_names
from plugfest.web.forms import Form
from plugfest.web.products.assessment import assess
from plugfest.web.products.changes import with_changes
from plugfest.web.products.values import initial

VERSION = sha256(VALID_PICS.encode()).hexdigest()
COMMENTED = VALID_PICS.lstrip().replace('"C-01" = true', '"C-01" = true # as measured')


@pytest.fixture
def section(tmp_path: Path) -> Section:
    return Section(tmp_path)


@pytest.mark.parametrize("name", product_names())
def test_a_form_that_was_not_touched_changes_nothing(name: str) -> None:
    base = assess(name, catalog_text(name).encode())
    changed = with_changes(base, initial(base.source.pics, base.product))
    assert changed.text == base.source.file.text
    assert changed.invalid == ()


def test_a_changed_answer_is_saved_and_its_comment_stays(tmp_path: Path) -> None:
    section = Section(tmp_path, COMMENTED)
    saved = section.post("/products/mine/edit", fields_of(COMMENTED, sha256(COMMENTED.encode()).hexdigest(), C_01="no"))
    assert saved.headers["location"] == "/products/mine?saved"
    assert section.text == COMMENTED.replace('"C-01" = true # as', '"C-01" = false # as')


def test_the_version_before_the_last_save_can_be_restored(section: Section) -> None:
    section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, C_02=""))
    assert '# ? "C-02" = true' in section.text
    assert "Undo the last save" in section.get("/products/mine").text
    section.post("/products/mine/restore", [])
    assert section.text == VALID_PICS
    section.post("/products/mine/restore", [])
    assert '# ? "C-02" = true' in section.text


def test_every_kind_of_field_is_written(section: Section) -> None:
    fields = fields_of(
        VALID_PICS,
        VERSION,
        C_23=["Heartbeat", "NTP"],
        C_54=["none"],
        C_40__1__tested=["Voltage", "SoC"],
        C_40__1__supported=["Voltage", "SoC"],
        HFS_9='Wi-Fi "2"',
        ORS_7="",
        ORS_9="2.5",
        product__profiles=["Core", "Smart Charging"],
        product__edition="4",
        limit__response="20",
        unsupported__component_criteria=["Active"],
    )
    fields = [(name.replace("component-criteria", "component_criteria"), value) for name, value in fields]
    assert section.post("/products/mine/edit", fields).status_code == 303
    found = tomllib.loads(section.text)
    assert found["features"]["C-23"] == ["Heartbeat", "NTP"]
    assert found["features"]["C-54"] == []
    assert found["measurands"]["C-40.1"] == ["Voltage", "SoC"]
    assert found["hardware"]["HFS-9"] == 'Wi-Fi "2"'
    assert "ORS-7" not in found["settings"]
    assert found["settings"]["ORS-9"] == 2.5
    assert found["product"]["profiles"] == ["Core", "Smart Charging"]
    assert found["product"]["edition"] == 4
    assert found["performance"]["limit"]["response"] == 20
    assert found["unsupported"]["component_criteria"] == ["Active"]


def test_a_value_that_cannot_be_comes_back_as_typed_and_nothing_is_saved(section: Section) -> None:
    fields = fields_of(VALID_PICS, VERSION, ORS_8="many <b>", HFS_9="LTE")
    refused = section.post("/products/mine/edit", fields)
    assert refused.status_code == 422
    assert 'value="many &lt;b&gt;"' in refused.text
    assert 'value="LTE"' in refused.text
    assert "is not a number of at least 0" in refused.text
    assert section.text == VALID_PICS


def test_a_file_that_changed_meanwhile_is_not_overwritten_without_a_question(section: Section) -> None:
    section.file.write_text(VALID_PICS + "# of another editor\n", encoding="utf-8")
    refused = section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, C_01="no"))
    assert refused.status_code == 409
    assert "The file has changed since you opened it" in refused.text
    assert "of another editor" in section.text
    section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, "overwrite", C_01="no"))
    assert '"C-01" = false' in section.text
    section.post("/products/mine/restore", [])
    assert "of another editor" in section.text


def test_a_check_has_the_count_the_contradictions_and_the_effects(section: Section) -> None:
    found = section.post("/products/mine/check", fields_of(VALID_PICS, C_53="yes", C_49="no")).text
    assert "cases apply" in found
    assert (
        '<div class="note" id="note-C-53" hx-swap-oob="true"><p class="wrong">is Yes without C-49; claim that' in found
    )
    assert '<p class="also">C-53 is Yes without C-49</p>' in found
    assert "more than in the file" in section.post("/products/mine/check", fields_of(VALID_PICS, C_49="yes")).text


def test_a_note_about_a_value_disappears_when_the_value_is_corrected(section: Section) -> None:
    note = '<div class="note" id="note-limit_response" hx-swap-oob="true">'
    found = section.post("/products/mine/check", fields_of(VALID_PICS, limit__response="soon")).text
    assert f'{note}<p class="wrong">write seconds, greater than 0</p></div>' in found
    assert f"{note}</div>" in section.post("/products/mine/check", fields_of(VALID_PICS, limit__response="5")).text


def test_a_check_of_an_altered_text_is_refused_in_lines(section: Section) -> None:
    refused = section.post("/products/mine/check", [("base", "nonsense")])
    assert refused.status_code == 422
    assert "is not valid TOML" in refused.text
    assert "<" not in refused.text


def test_evses_and_connectors_are_added_and_removed(section: Section) -> None:
    page = section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, "add-evse"))
    assert "EVSE 2" in page.text
    assert section.text == VALID_PICS
    page = section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, "add-connector 0"))
    assert "Connector 2" in page.text
    page = section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, "remove-evse 0"))
    assert "describe every EVSE with its connectors" in page.text


def test_evses_are_written_where_they_were(section: Section) -> None:
    more = [("evse", "1"), ("evse1.current", "DC"), ("evse1.phases", "0"), ("evse1.connector", "0")]
    more += [("evse1.0.type", "cCCS2"), ("evse1.0.cable", "Fixed Cable")]
    section.post("/products/mine/edit", [*fields_of(VALID_PICS, VERSION), *more])
    assert [evse["current"] for evse in tomllib.loads(section.text)["evse"]] == ["AC", "DC"]
    assert section.text.index("[[evse]]") < section.text.index("[features]")


def test_changes_move_from_the_form_to_the_text_and_back_without_being_saved(section: Section) -> None:
    page = section.post("/products/mine/edit", fields_of(VALID_PICS, VERSION, "text", C_01="no"))
    assert "&#34;C-01&#34; = false" in page.text
    changed = VALID_PICS.replace('"C-01" = true', '"C-01" = false')
    page = section.post("/products/mine/text", [("text", changed), ("version", VERSION), ("action", "form")])
    assert 'name="C-01" value="no" checked' in page.text
    assert section.text == VALID_PICS


def test_text_that_is_no_pics_comes_back_with_errors_by_line(section: Section) -> None:
    wrong = VALID_PICS.replace('"C-01" = true', '"C-01" = ')
    refused = section.post("/products/mine/text", [("text", wrong), ("version", VERSION), ("action", "save")])
    assert refused.status_code == 422
    assert "is not valid TOML" in refused.text
    assert "&#34;C-01&#34; = " in refused.text
    assert section.text == VALID_PICS


def test_the_text_is_checked_as_it_is_typed(section: Section) -> None:
    wrong = VALID_PICS.replace('"C-49" = "No"', '"C-49" = "No"\n"C-53" = true\n"C-99" = true')
    found = section.post("/products/mine/text/check", [("text", wrong)]).text
    line = wrong.split("\n").index('"C-53" = true') + 1
    assert f'data-line="{line}">line {line}</button>' in found
    assert "is Yes without C-49" in found
    assert "is not an id of this OCPP version" in found


def test_the_text_is_saved_as_typed(section: Section) -> None:
    text = VALID_PICS.strip() + "\n# the end \u202e\n"
    assert (
        text.split("\n")[-2].encode()
        in section.post("/products/mine/text", [("text", text), ("version", "old"), ("action", "save")]).content
    )
    section.post(
        "/products/mine/text", [("text", text.replace("\n", "\r\n")), ("version", VERSION), ("action", "save")]
    )
    assert section.text == text


def test_a_product_of_the_catalog_is_not_edited(section: Section) -> None:
    assert section.get("/products/reference-ac/edit").status_code == 404
    assert section.post("/products/reference-ac/text", [("text", VALID_PICS)]).status_code == 404


def test_an_altered_text_behind_the_form_is_shown_with_its_errors(section: Section) -> None:
    page = section.post("/products/mine/edit", [("base", "nonsense"), ("version", VERSION), ("action", "save")])
    assert "is not valid TOML" in page.text
    assert section.text == VALID_PICS


def test_a_form_has_the_last_value_of_a_field_and_all_values() -> None:
    form = Form([("a", " 1 "), ("a", "2")])
    assert (form.get("a"), form.all("a"), form.get("b"), form.all("b")) == ("2", ["1", "2"], "", [])
