"""Contradictions between the answers of a PICS."""

from contextlib import nullcontext
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from tests.products.pics_files import pics_file

from plugfest.products import ProductError, load_product, product_names
from plugfest.products.contradictions import contradictions
from plugfest.products.product import Answer

TWO_EVSES = ("[features]\n", '[[evse]]\nid = 2\ncurrent = "AC"\nphases = 3\nconnectors = []\n\n[features]\n')


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('"C-01" = true', '"C-01" = false', 'features."C-02": is Yes without C-01; claim that too, or answer No'),
        ('"C-30" = true\n', "", 'features."C-01": is Yes without (LA-0 and'),
        ('"C-01" = true', '"C-01" = true\n"C-53" = true', 'features."C-53": is Yes without C-49; claim that too'),
        ('"C-01" = true', '"C-01" = true\n"R-2" = true', 'features."R-2": is Yes without R-0'),
        ('"C-01" = true', '"C-01" = true\n"C-09" = false', 'features."C-09.1": is Yes, but C-09'),
        ('"C-09.1" = true\n', "", 'features."C-09": is empty; claim at least one of C-09.1, C-09.2, C-09.3'),
        (
            '["Core"]',
            '["Core", "Smart Charging"]',
            'features."SC-2": is empty, but the profile Smart Charging is claimed; claim at least one of SC-2.1',
        ),
        ('"C-38" = true\n', "", "features: none of C-36 or C-37 or C-38 or C-39 is claimed; claim at least one"),
        ('["Heartbeat"]', '["NTP"]', 'features."C-23": Heartbeat is missing; add it'),
        ('"C-40.1" = ["Voltage"]', '"C-40.1" = []', 'measurands."C-40.1": is empty'),
        ('["SoC", "Voltage"]', '["SoC"]', 'measurands."C-40.2": Voltage is tested but not supported'),
        ('["Core"]', '["Reservation"]', "product.profiles: Core is missing; add it"),
        ('"HFS-8" = 1', '"HFS-8" = 2', 'hardware."HFS-8": is 2, but [[evse]] describes 1; write 1'),
        (*TWO_EVSES, 'hardware."HFS-8": is 1, but [[evse]] describes 2; write 2'),
        ("id = 1\ncurrent", "id = 7\ncurrent", "[[evse]]: ids are not 1, 2, 3 ...; number them 1, 2, 3 ..."),
        ("{ id = 1,", "{ id = 2,", "[[evse]] 1: connector ids are not 1, 2, 3 ...; number them 1, 2, 3 ..."),
        ('"HFS-1" = false', '"HFS-1" = true', 'hardware."HFS-1": is Yes, but the EVSE table has the opposite'),
        ('"HFS-2" = true', '"HFS-2" = false', 'hardware."HFS-2": is No, but the EVSE table has the opposite'),
        ('"HFS-1" = false', '"HFS-1" = false\n"HFS-7" = false', 'hardware."HFS-7": is No, but an EVSE has 3 phases'),
        (
            "phases = 3",
            "phases = 3\nphase_counts = [1, 2]",
            "[[evse]] 1: phase_counts is [1, 2], but phases is 3; list the numbers that it switches between",
        ),
        ("phases = 3", "phases = 3\nphase_counts = [3]", "[[evse]] 1: phase_counts is [3], but phases is 3"),
        ("phases = 3", "phases = 3\nphase_counts = [3, 1]", "[[evse]] 1: phase_counts is [3, 1], but phases is 3"),
        ("phases = 3", "phases = 3\nphase_counts = [0, 3]", "[[evse]] 1: phase_counts is [0, 3], but phases is 3"),
        ("phases = 3", "phases = 3\nphase_pause = 5", "[[evse]] 1: phase_pause is 5; give seconds, and phase_counts"),
        ("phases = 3", "phases = 6", "[[evse]] 1: phases is 6 for AC; write 1, 2 or 3"),
        ("phases = 3\n", "", "[[evse]] 1: phases is 0 for AC; write 1, 2 or 3"),
        (
            '_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"',
            '_128_GCM_SHA256"',
            'features."C-41": has only TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; name TLS_ECDHE_ECDSA_WITH_AES_128_GCM',
        ),
        (
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_RSA_WITH_AES_256_GCM_SHA384",
            'features."C-41": has only TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384; name',
        ),
        ('"ORS-7" = 1', '"ORS-7" = 1\n"ORS-2" = 0', 'settings."ORS-2": is 0; write what the station supports'),
        ('"ORS-7" = 1', '"ORS-7" = 7', 'settings."ORS-7": is 7, greater than ORS-8 = 6; make it the smaller one'),
    ],
)  # fmt: skip
def test_a_contradiction_is_found(tmp_path: Path, old: str, new: str, text: str) -> None:
    with pytest.raises(ProductError) as caught:
        load_product(pics_file(tmp_path, (old, new)))
    assert text in str(caught.value)


def test_each_number_of_phases_needs_its_answer(tmp_path: Path) -> None:
    path = pics_file(
        tmp_path, ("phases = 3", "phases = 3\nphase_counts = [1, 3]"), ('"HFS-8" = 1', '"HFS-8" = 1\n"HFS-5" = false')
    )
    with pytest.raises(ProductError, match='"HFS-5": is No, but an EVSE has 1 phases; make them consistent'):
        load_product(path)


def test_messages_by_uri_need_a_protocol_that_loads_them(tmp_path: Path) -> None:
    display = '"C-01" = true\n"UI-0" = true\n"UI-1.1" = true\n"UI-2.3" = true'
    for protocols, text in (('["FTP"]', "neither HTTP nor HTTPS"), ('["FTP", "HTTPS"]', ""), ("[]", "")):
        path = pics_file(tmp_path, ('"C-01" = true', display), ('"ORS-7" = 1', f'"ORS-7" = 1\n"ORS-24" = {protocols}'))
        with pytest.raises(ProductError, match=text) if text else nullcontext():
            load_product(path)


@pytest.mark.parametrize(
    ("product", "answers", "text"),
    [
        ("reference-16-ac", {"ORS-12": 0, "ORS-1": 0}, ["ORS-1: is 0", "ORS-12: is 0, but LA-0 is claimed"]),
        ("reference-16-plain", {"ORS-12": 0}, []),
        ("reference-16-ac", {"ORS-15": 0}, ["ORS-15: is 0, but"]),
        ("reference-16-ac", {"C-12": ("TLS_RSA_WITH_AES_256_GCM_SHA384",)}, ["C-12: has only TLS_RSA_WITH_AES_256"]),
        ("reference-dc", {"HFS-11": 0}, ["HFS-11: is 0, but HFS-4 is claimed"]),
        ("reference-ac", {"HFS-11": 0}, []),
    ],
)
def test_an_answer_with_which_cases_cannot_pass_is_a_contradiction(
    product: str, answers: dict[str, Answer], text: list[str]
) -> None:
    given = load_product(product)
    changed = msgspec.structs.replace(given, answered={**given.answered, **answers})
    found = [f"{one.key}: {one.wrong}" for one in contradictions(changed)]
    assert len(found) == len(text)
    assert all(line.startswith(part) for line, part in zip(found, text, strict=True))


def test_a_profile_that_is_claimed_and_denied_is_found(tmp_path: Path) -> None:
    path = pics_file(
        tmp_path, ('["Core"]', '["Core", "Reservation"]'), ('"C-01" = true', '"C-01" = true\n"R-0" = false')
    )
    with pytest.raises(ProductError, match='"R-0": is No, but the profile Reservation is claimed'):
        load_product(path)


def test_an_unsupported_value_that_the_cases_of_a_claim_need_is_found(tmp_path: Path) -> None:
    path = pics_file(
        tmp_path,
        ("[questions]", '[unsupported]\ncomponent_criteria = ["Active", "Problem"]\n[questions]'),
        ('"C-01" = true', '"C-01" = true\n"DM-0" = true'),
    )
    with pytest.raises(ProductError) as caught:
        load_product(path)
    assert str(caught.value).endswith(
        "unsupported.component_criteria: Problem is listed, but DM-0 is Yes and its cases need it;"
        " remove it, or answer DM-0 No"
    )


def test_a_file_without_evses_is_found(tmp_path: Path) -> None:
    text = 'current = "AC"\nphases = 3\nconnectors = [{ id = 1, type = "cType2", cable = "Fixed Cable" }]\n'
    with pytest.raises(ProductError, match=r"evse.* is missing"):
        load_product(pics_file(tmp_path, (f"[[evse]]\nid = 1\n{text}", "")))


def test_an_evse_that_switches_phases_is_described_by_their_numbers(tmp_path: Path) -> None:
    text = "phases = 3\nphase_counts = [1, 3]\nphase_pause = 20"
    (evse,) = load_product(pics_file(tmp_path, ("phases = 3", text))).evses
    assert (evse.phases, evse.phase_counts, evse.phase_pause) == (3, (1, 3), 20)


@pytest.mark.parametrize("name", product_names())
def test_no_product_of_the_catalog_contradicts_itself(name: str) -> None:
    assert list(contradictions(load_product(name))) == []


def test_a_product_with_smart_charging_of_ocpp_1_6_names_its_unit(tmp_path: Path) -> None:
    text = (files("plugfest.products.catalog.v16") / "reference-16-ac.toml").read_text(encoding="utf-8")
    path = pics_file(tmp_path, ('"SC-1.1" = true', '"SC-1.1" = false'), ('"SC-1.2" = true', ""), text=text)
    with pytest.raises(ProductError) as caught:
        load_product(path)
    assert "claim at least one of SC-1.1, SC-1.2" in str(caught.value)


def test_contradictions_are_found_beside_answers_that_are_not_valid(tmp_path: Path) -> None:
    changes = [('vendor = "Acme"\n', ""), ('"C-30" = true', '"C-30" = 3'), ('["Heartbeat"]', '["NTP"]')]
    with pytest.raises(ProductError) as caught:
        load_product(pics_file(tmp_path, *changes))
    assert [problem.key for problem in caught.value.problems] == [
        "product.vendor",
        'features."C-23"',
        'features."C-30"',
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"C-09.1" = true', '"C-09.1" = 3'),
        ('"C-01" = true', '"C-1" = true'),
        ('"cType2"', '"sType9"'),
    ],
)
def test_what_may_follow_from_an_answer_that_is_not_valid_is_no_contradiction(
    tmp_path: Path, old: str, new: str
) -> None:
    with pytest.raises(ProductError) as caught:
        load_product(pics_file(tmp_path, (old, new)))
    assert len(caught.value.problems) == 1
