"""The report as a FHIR R4 Bundle: valid for two sets of typed models, nothing invented, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhirclient.models.bundle import Bundle as BundleOf401
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.errors import printable
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render.fhir_r4 import render
from dosenote.render.markdown import escaped
from dosenote.report import Report, build_report
from dosenote.report.entered import Span, Times, Timing
from dosenote.report.model import Acknowledged, UnusedAcknowledgement
from dosenote.ruleset import RuleSet
from reports import ADVISORY, D3, EMPTY, FULL, KINDS, QUIET

#: Of FHIR: what a string may hold.
STRING = re.compile(r"[ \r\n\t\S]+")
#: Fields that hold words of our own, no texts.
FIXED = {
    "counts", "schema", "sha256", "as_of", "outcome", "severity", "action", "certainty", "direction", "kind", "stance", "fact", "unit", "comparator",
    "system", "code", "period", "days", "since", "ended", "taken_on", "sex", "jurisdiction", "comparison",
}  # fmt: skip
HOSTILE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "\x00", "\x1b[2J", "\u202e", "\ud800", "\u2028", "\xa0", '"}', "</div><script>", "\n\r", "😀", "\ufeff"]),
)  # fmt: skip


def resources(report: Report, kind: str) -> list[dict[str, Any]]:
    """The resources of one type, in order."""
    found = [entry["resource"] for entry in json.loads(render(report))["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind]


def strings(value: Any) -> list[str]:
    """Every text in JSON, keys left out."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def is_valid(text: str) -> None:
    """Raises where the typed models of R4B or of R4 4.0.1 do not take the Bundle."""
    Bundle.model_validate_json(text)
    BundleOf401(json.loads(text))


@pytest.mark.parametrize("kind", KINDS)
def test_the_bundle_is_valid(kind: str) -> None:
    """Typed models of R4 4.0.1 and of R4B take it; its golden text is in test_render."""
    is_valid(render(KINDS[kind]))


def test_the_same_input_gives_the_same_ids_and_another_gives_others() -> None:
    """Ids come from the rules and the input, never from a clock or from chance."""
    other = FULL._replace(rules=FULL.rules._replace(sha256="f" * 64))
    assert render(FULL) == render(FULL._replace())
    ids = [{entry["fullUrl"] for entry in json.loads(render(one))["entry"]} for one in (FULL, other)]
    assert not ids[0] & ids[1]
    assert len(ids[0]) == len(json.loads(render(FULL))["entry"])


def test_every_reference_is_to_a_resource_of_the_bundle() -> None:
    """No reference leads anywhere else, and findings refer to what they are about."""
    table = json.loads(render(FULL))
    known = {entry["fullUrl"] for entry in table["entry"]}
    found = re.findall(r'"reference": "(urn:[^"]+)"', render(FULL))
    assert found
    assert set(found) <= known
    statements = {entry["fullUrl"]: entry["resource"] for entry in table["entry"]}
    issue = resources(FULL, "DetectedIssue")[0]
    (implicated,) = issue["implicated"]
    assert statements[implicated["reference"]]["medicationCodeableConcept"]["text"] == "vitamin D3"


def test_nothing_is_said_of_the_person_that_was_not_said() -> None:
    """No birth date, no gender unless told; an age is an Observation."""
    (patient,) = resources(FULL, "Patient")
    assert set(patient) == {"resourceType", "id"}
    (patient,) = resources(FULL._replace(patient=FULL.patient._replace(sex="female")), "Patient")
    assert patient["gender"] == "female"
    ages = [one["valueQuantity"]["value"] for one in resources(FULL, "Observation") if one["code"]["text"] == "age"]
    assert ages == [67]
    assert not resources(EMPTY, "Observation")


def test_the_status_says_whether_it_is_taken() -> None:
    """Active, stopped, not taken, planned, and unknown for what is unclear or was not recognised."""
    unclear = D3._replace(label="unclear", is_taken=False, since=None)
    planned = D3._replace(label="planned", since="2026-12-24")
    line = FULL.regimen[0]._replace(items=(unclear, planned))
    statements = resources(FULL._replace(regimen=(*FULL.regimen, line)), "MedicationStatement")
    found = {one["medicationCodeableConcept"]["text"]: one["status"] for one in statements}
    assert found == {
        "vitamin D3": "active",
        "vitamin K2 (MK-7)": "stopped",
        "warfarin": "not-taken",
        "unclear": "unknown",
        "planned": "intended",
        'not understood: "<script>"': "unknown",
        "D3 5000 IU (9 mcg) daily": "unknown",
    }


def test_a_part_of_a_line_is_no_name_of_a_medicine() -> None:
    """ "Warfarin qty 30 mg": the "mg" that was not understood would be read as magnesium."""
    piece = FULL.not_recognised[0]._replace(text="mg", reason='not understood in "warfarin qty 30 mg"')
    whole = piece._replace(text=FULL.regimen[0].text, reason="not in our lists")
    texts = [
        one["medicationCodeableConcept"]["text"]
        for one in resources(FULL._replace(not_recognised=(piece, whole)), "MedicationStatement")
    ]
    assert texts[-2:] == ['not understood: "mg"', FULL.regimen[0].text]


def test_what_could_not_be_told_is_an_issue_without_a_result() -> None:
    """A program that counts issues does not see none; none of them has the severity of a finding."""
    issues = resources(QUIET, "DetectedIssue")
    assert [issue["status"] for issue in issues] == ["registered"]
    assert "severity" not in issues[0]
    assert "coding" not in issues[0]["code"]
    assert issues[0]["code"]["text"].startswith("Could not be told")
    assert "Do you take warfarin?" in issues[0]["detail"]


def test_an_empty_report_says_what_was_looked_at() -> None:
    """No issue is no all-clear: coverage, what nothing raised means, and the disclaimer are there."""
    assert not resources(EMPTY, "DetectedIssue")
    (outcome,) = resources(EMPTY, "OperationOutcome")
    assert [issue["details"]["text"] for issue in outcome["issue"]] == [
        EMPTY.nothing_raised, EMPTY.coverage.words, EMPTY.next_step, EMPTY.disclaimer,
    ]  # fmt: skip


def test_levels_stay_three_things_and_no_mitigation_is_claimed() -> None:
    """Severity has its element; what to do and how sure stay words; knowing of a finding does not mitigate it."""
    known = ADVISORY._replace(acknowledged=Acknowledged("my doctor <b> said so", "2027-01-31"))
    (issue, *_) = resources(FULL._replace(advisories=(known,)), "DetectedIssue")
    assert issue["status"] == "preliminary"
    assert issue["severity"] == "moderate"
    assert "How sure: very low" in issue["detail"]
    assert "my doctor <b> said so" in issue["detail"]
    assert "mitigation" not in issue


@pytest.mark.parametrize(
    "kind, facts, code",
    [
        ("dose", ("vitamin_d.daily",), "DOSE"),
        ("interaction", ("medicines", "vitamin_k.taken"), "NHP"),
        ("interaction", ("medicines", "foods"), "FOOD"),
        ("interaction", ("medicines",), "DRG"),
        ("condition", ("conditions", "calcium.taken"), "COND"),
        ("condition", ("lab.egfr", "calcium.taken"), ""),
        ("pairing", ("vitamin_d3.taken", "vitamin_k2.taken"), ""),
        ("timing", ("vitamin_d.taken",), ""),
    ],
)
def test_only_confirmed_alert_codes_are_used(kind: str, facts: tuple[str, ...], code: str) -> None:
    """A code is given where it says no more than the rule does; else the title stands alone."""
    rows = tuple(ADVISORY.because[0]._replace(fact=fact) for fact in facts)
    (issue, *_) = resources(FULL._replace(advisories=(ADVISORY._replace(kind=kind, because=rows),)), "DetectedIssue")
    assert [one["code"] for one in issue["code"].get("coding", [])] == ([code] if code else [])
    assert issue["code"]["text"] == ADVISORY.title


def test_codes_are_those_of_the_vocabulary(reader: Reader, ruleset: RuleSet) -> None:
    """Exact systems; a CAS number, whose system was not confirmed, and things without a code have text only."""
    regimen = Regimen(reader.read_all(["K2 MK-7 100 mcg daily", "calcium 500 mg daily", "warfarin"]))
    statements = resources(build_report(regimen, ruleset, "us"), "MedicationStatement")
    codes = [[one["code"] for one in each["medicationCodeableConcept"].get("coding", [])] for each in statements]
    assert codes == [["8427BML8NY"], [], ["11289", "5Q7ZVV76EI", "B01AA03"]]


def test_a_finding_refers_to_what_it_is_about(reader: Reader, ruleset: RuleSet) -> None:
    """What surely counts for the rule, and nothing that has ended, is not clear or is about another rule."""
    lines = ["warfarin", "K2 MK-7 100 mcg daily", "vitamin D3 1000 IU daily", "maybe K2 MK-7 45 mcg daily"]
    report = build_report(Regimen(reader.read_all(lines)), ruleset, "us")
    advisory = next(one for one in report.advisories if one.rule == "mk-7-with-vitamin-k-antagonist")
    assert [place.line for place in advisory.implicated] == [0, 1]
    text = render(report._replace(advisories=(advisory,)))
    (issue, *_) = [
        entry["resource"] for entry in json.loads(text)["entry"] if entry["resource"]["resourceType"] == "DetectedIssue"
    ]
    assert issue["code"]["coding"][0]["code"] == "NHP"
    assert issue["severity"] == "high"
    named = {entry["fullUrl"]: entry["resource"] for entry in json.loads(text)["entry"]}
    found = [named[one["reference"]]["medicationCodeableConcept"]["text"] for one in issue["implicated"]]
    assert found == ["warfarin", "vitamin K2 (MK-7)"]


def test_a_report_tells_timing_and_what_was_said_as_values(reader: Reader, ruleset: RuleSet) -> None:
    """How often, the unit as written, blood values and what is absent, over or unclear are in the report."""
    lines = [
        "vitamin D3 5000 IU twice a week on Mon, Thu",
        "no aspirin",
        "stopped vitamin K1",
        "INR 2.5",
        "sarcoidosis",
        "female",
    ]
    report = build_report(Regimen(reader.read_all(lines)), ruleset, "us")
    (item,) = report.regimen[0].items
    assert item.timing == Timing(Times(2.0, 2.0), 1.0, "week", ("mon", "thu"), False, False, None)
    assert item.written == Span(5000.0, 5000.0, "IU")
    assert ("rxnorm", "2418") in item.codes
    said = [(one.id, one.stance) for line in report.regimen for one in line.said]
    assert said == [("acetylsalicylic-acid", "absent"), ("vitamin-k1", "stopped"), ("sarcoidosis", "present")]
    assert [(lab.id, lab.value, lab.unit) for lab in report.regimen[3].measured] == [("inr", 2.5, "1")]
    assert report.regimen[3].measured[0].comparator == ""
    assert report.patient is not None
    assert (report.patient.sex, report.patient.age) == ("female", None)


def dosage_of(item: Any) -> dict[str, Any]:
    """The dosage of one item, alone in a report."""
    line = FULL.regimen[1]._replace(items=(item,))
    (statement,) = resources(EMPTY._replace(regimen=(line,)), "MedicationStatement")
    (dosage,) = statement["dosage"]
    found: dict[str, Any] = dosage
    return found


def timing(low: float, high: float | None, every: float = 1.0, period: Any = "day", **more: Any) -> Timing:
    return Timing(Times(low, high), every, period, **{"days": (), "as_needed": False, "once": False, "max_per_day": None} | more)  # fmt: skip


@pytest.mark.parametrize(
    "said, repeat",
    [
        (timing(2.0, 2.0), {"frequency": 2, "period": 1, "periodUnit": "d"}),
        (timing(1.0, 2.0, 8.0, "hour"), {"frequency": 1, "frequencyMax": 2, "period": 8, "periodUnit": "h"}),
        (timing(2.0, 2.0, 1.0, "week", days=("mon", "thu")), {"frequency": 2, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]}),
        (timing(0.0, 3.0, as_needed=True), {"frequencyMax": 3, "period": 1, "periodUnit": "d"}),
        (timing(1.0, 1.0, once=True), {"count": 1}),
        (timing(0.0, 3.0), None),
        (timing(0.0, None, as_needed=True), None),
        (timing(1.5, 1.5), None),
    ],
)  # fmt: skip
def test_how_often_is_written_only_where_timing_can_say_it(said: Timing, repeat: dict[str, Any] | None) -> None:
    """A lowest frequency that is not known is never left to the reader's default of once."""
    dosage = dosage_of(D3._replace(timing=said))
    assert dosage.get("timing", {}).get("repeat") == repeat
    assert dosage.get("asNeededBoolean") == (True if said.as_needed else None)


def test_amounts_have_ucum_units_and_never_iu_as_one() -> None:
    """125 mcg is ug; an amount only known in IU is written without a code; a range keeps an open end open."""
    (each,) = dosage_of(D3)["doseAndRate"]
    assert each["doseQuantity"] == {"value": 125, "unit": "mcg", "system": "http://unitsofmeasure.org", "code": "ug"}
    (each,) = dosage_of(D3._replace(amount=None))["doseAndRate"]
    assert each["doseQuantity"] == {"value": 5000, "unit": "IU"}
    (each,) = dosage_of(D3._replace(amount=Span(50.0, None, "mcg")))["doseAndRate"]
    assert set(each["doseRange"]) == {"low"}
    assert "doseAndRate" not in dosage_of(D3._replace(amount=None, written=None))
    most = dosage_of(D3._replace(timing=timing(1.0, 1.0, max_per_day=Span(3.0, 3.0, "mg"))))["maxDosePerPeriod"]
    assert (most["numerator"]["value"], most["denominator"]["code"]) == (3, "d")


def test_steps_that_follow_one_another_are_one_statement() -> None:
    """Nobody adds up what is taken one after the other; a season is left to the words."""
    steps = tuple(D3._replace(phase=number) for number in (1, 2))
    line = FULL.regimen[1]._replace(items=steps)
    (statement,) = resources(EMPTY._replace(regimen=(line,)), "MedicationStatement")
    assert [one["sequence"] for one in statement["dosage"]] == [1, 2]
    assert statement["status"] == "active"
    assert "timing" not in dosage_of(D3._replace(season="winter"))


def test_of_two_kinds_that_follow_one_another_none_is_said_to_be_taken_now() -> None:
    """ "D2 for 8 weeks, then D3": two statements, since they name two things, and nobody said which it is now."""
    steps = (D3._replace(substance="vitamin-d2", label="vitamin D2", phase=1), D3._replace(phase=2))
    line = FULL.regimen[1]._replace(items=steps)
    statements = resources(EMPTY._replace(regimen=(line,)), "MedicationStatement")
    assert [one["status"] for one in statements] == ["unknown", "unknown"]
    assert [one["dosage"][0]["sequence"] for one in statements] == [1, 2]


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """A report of every kind of thing, with any text in every text field."""
    unused = UnusedAcknowledgement("a-rule", "it held until 2020-01-01")
    known = ADVISORY._replace(acknowledged=Acknowledged("reason", "2027-01-31"))
    report = FULL._replace(advisories=(known, *FULL.advisories), unused_acknowledgements=(unused,))

    def spoilt(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return value if name in FIXED else draw(HOSTILE)
        if hasattr(value, "_fields"):
            return value._replace(**{field: spoilt(getattr(value, field), field) for field in value._fields})
        if isinstance(value, tuple):
            return tuple(spoilt(one, name) for one in value)
        return value

    found: Report = spoilt(report)
    return found


@cases(60)
@given(hostile_reports())
def test_any_text_makes_a_valid_bundle_and_is_found_in_it(report: Report) -> None:
    """Hostile text stays text: printable, never empty, and what was typed can be read back."""
    text = render(report)
    is_valid(text)
    text.encode("utf-8")
    table = json.loads(text)
    for one in strings(table):
        assert STRING.fullmatch(one)
        assert one.strip()
        assert all(char.isprintable() or char == "\n" for char in one)
    shown = strings(table)
    for piece in report.not_recognised:
        text = printable(piece.text)
        assert (text if text.strip() else "(nothing)") in shown or f'not understood: "{text}"' in shown
    for line in report.regimen:
        if line.items or line.said or line.measured:
            assert escaped(printable(f'As entered: "{line.text}"')) in shown
    for advisory in report.advisories:
        assert any(printable(advisory.talk) in one for one in shown)


@pytest.mark.parametrize("line", ["natto daily", "maybe natto", "no kidney stones"])
def test_what_has_no_resource_is_told_all_the_same(check: Callable[..., Report], line: str) -> None:
    """Food and a denied condition have no element in R4: they stand with what was looked at."""
    table = json.loads(render(check(f"{line}; no blood thinner")))
    outcome = next(one["resource"] for one in table["entry"] if one["resource"]["resourceType"] == "OperationOutcome")
    assert any(f'As entered: "{line}"' in one for one in strings(outcome))
