"""FHIR R4 in: what is read, what is listed as not used, and that nothing unclear ever becomes a "no"."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conftest import cases
from dosenote.errors import DosenoteError
from dosenote.facts import facts_of
from dosenote.files import read_file, read_regimen
from dosenote.quantity import Amount
from dosenote.reader import Reader
from dosenote.regimen import Closed, Lab, Person, Reading, Regimen
from dosenote.render.fhir_r4 import render
from dosenote.report import build_report
from dosenote.ruleset import RuleSet
from regimens import CONDITIONS, FOODS, LABS, LINES, MEDICINES

DAY = date(2026, 11, 20)
RXNORM, UNII, ATC = (
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://fdasis.nlm.nih.gov",
    "http://www.whocc.no/atc",
)
UCUM = "http://unitsofmeasure.org"
CERTAINTY = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
TIMING = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
Table = dict[str, Any]
PATIENT: Table = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1959-03-02"}
SUBJECT: Table = {"reference": "Patient/p"}
DAILY: Table = {"frequency": 1, "period": 1, "periodUnit": "d"}


def concept(text: str = "", *codes: tuple[str, str] | tuple[str, str, str]) -> Table:
    """A CodeableConcept; codes: system, code and, if there is one, display."""
    coding = [dict(zip(("system", "code", "display"), code, strict=False)) for code in codes]
    return ({"text": text} if text else {}) | ({"coding": coding} if coding else {})


def statement(medication: str | Table = "warfarin", *dosages: Table, status: str = "active", **more: Any) -> Table:
    named = {"medicationCodeableConcept": {"text": medication} if isinstance(medication, str) else medication}
    held = {"dosage": list(dosages)} if dosages else {}
    return {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": status,
        "subject": SUBJECT,
        **named,
        **held,
        **more,
    }


def request(
    medication: str = "warfarin", *dosages: Table, status: str = "active", intent: str = "order", **more: Any
) -> Table:
    table = {"resourceType": "MedicationRequest", "id": "r", "status": status, "intent": intent, "subject": SUBJECT}
    return table | {"medicationCodeableConcept": {"text": medication}, "dosageInstruction": list(dosages)} | more


def quantity(value: float, code: str = "", unit: str = "", system: str = UCUM) -> Table:
    return {"value": value} | ({"unit": unit} if unit else {}) | ({"code": code, "system": system} if code else {})


def dosage(dose: Table | None = None, repeat: Table | None = None, text: str = "", **more: Any) -> Table:
    found: Table = {"text": text} if text else {}
    found |= {"timing": {"repeat": repeat}} if repeat is not None else {}
    return found | ({"doseAndRate": [{"doseQuantity": dose}]} if dose is not None else {}) | more


def condition(text: str = "kidney stones", **more: Any) -> Table:
    return {"resourceType": "Condition", "id": "c", "subject": SUBJECT, "code": {"text": text}, **more}


def observation(text: str = "INR", status: str = "final", **more: Any) -> Table:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": status,
        "subject": SUBJECT,
        "code": {"text": text},
        **more,
    }


def bundle(*resources: Table, kind: str = "collection", **more: Any) -> Table:
    """Resources as entries; those with one id get others, and a Patient is put first unless there is one."""
    held = [PATIENT, *resources] if not any(one["resourceType"] == "Patient" for one in resources) else [*resources]
    entries = [
        {"fullUrl": f"http://x/{one['resourceType']}/{one.get('id', place)}", "resource": one}
        for place, one in enumerate(held)
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries, **more}


Read = Callable[..., Regimen]


@pytest.fixture(scope="session")
def read(reader: Reader) -> Read:
    """read(resource, …) → Regimen of a Bundle of them; a Bundle is taken as it is."""

    def run(*tables: Table, as_of: date | None = DAY) -> Regimen:
        table = tables[0] if tables[0].get("resourceType") == "Bundle" else bundle(*tables)
        return read_regimen(json.dumps(table), "f.json", reader, as_of)

    return run


@pytest.fixture(scope="session")
def only(read: Read) -> Callable[..., Reading]:
    """The reading of one resource."""

    def run(table: Table, as_of: date | None = DAY) -> Reading:
        readings = [one for one in read(table, as_of=as_of).readings if not one.text.startswith("Patient")]
        assert len(readings) == 1
        return readings[0]

    return run


def outcomes(regimen: Regimen, ruleset: RuleSet) -> dict[str, str]:
    trace = build_report(regimen, ruleset, "us", explain=True).trace or ()
    return {traced.rule: traced.outcome for traced in trace}


def same(reader: Reader, *lines: str) -> Regimen:
    """The same as lines, by somebody of 67."""
    return Regimen(reader.read_all(lines), Person(Decimal(67), "female"), as_of=DAY)


# --- what is taken, and its status


@pytest.mark.parametrize(
    "table, line",
    [
        (statement("Vitamin D3 5000 IU daily"), "Vitamin D3 5000 IU daily"),
        (statement("Vitamin D3 5000 IU", dosage(text="1 capsule daily")), "Vitamin D3 5000 IU, 1 capsule daily"),
        (statement("vitamin D3", dosage(quantity(125, "ug"), DAILY)), "Vitamin D3 5000 IU daily"),
        (statement("vitamin D3", dosage(quantity(5000, "[IU]"), DAILY)), "Vitamin D3 5000 IU daily"),
        (statement("vitamin D3", dosage(quantity(5000, unit="IU"), DAILY, "5000 IU a day with food")), "Vitamin D3 5000 IU daily with food"),
        (statement(concept("", (RXNORM, "2418")), dosage(quantity(125, "ug"), DAILY)), "Vitamin D3 5000 IU daily"),
        (statement(concept("", (UNII, "8427BML8NY")), dosage(quantity(0.1, "mg"), DAILY)), "MK-7 100 mcg daily"),
        (statement("calcium carbonate", dosage(quantity(1250, "mg"), DAILY | {"frequency": 2})), "calcium carbonate 1250 mg twice a day"),
        (statement("Warfarin Sodium 5 MG Oral Tablet", dosage(text="2.5 mg daily")), "warfarin 2.5 mg daily"),
        (statement("Warfarin Sodium 5 MG Oral Tablet", dosage(quantity(2.5, "mg"), DAILY)), "warfarin 2.5 mg daily"),
        (statement("Calcium 600 mg + vitamin D3 400 IU", dosage(text="1 tablet twice a day")), "Calcium 600 mg + vitamin D3 400 IU, 1 tablet twice a day"),
        (statement("calcium", dosage(None, None, doseAndRate=[{"doseRange": {"low": quantity(1, "g"), "high": quantity(2, "g")}}], timing={"repeat": DAILY})), "calcium 1 to 2 g daily"),
        (statement("Blorbium forte"), "Blorbium forte"),
        (statement("warfarin", status="not-taken"), "no warfarin"),
        (statement("vitamin K1", status="stopped"), "stopped vitamin K1"),
        (request("Levothyroxine 50 mcg", dosage(text="1 tablet every morning")), "levothyroxine 50 mcg daily"),
        (condition("Kidney stone"), "kidney stones"),
        (observation("INR", valueQuantity={"value": 2.5}), "INR 2.5"),
        (observation("25-OH-D", valueQuantity=quantity(100, "nmol/L")), "25-OH-D 40 ng/mL"),
        (observation("eGFR", valueQuantity=quantity(25, "mL/min/{1.73_m2}")), "eGFR 25"),
    ],
)  # fmt: skip
def test_a_resource_gives_the_facts_of_the_line_that_says_the_same(
    table: Table, line: str, read: Read, reader: Reader, ruleset: RuleSet
) -> None:
    """Nothing but the place of the words is different: the facts, and so the answers, are those of plain lines."""
    mine, theirs = read(table), same(reader, line)
    one, other = (facts_of(regimen, ruleset.vocabulary) for regimen in (mine, theirs))
    assert one.truths == other.truths
    for name, interval in other.intervals.items():
        assert one.intervals[name].low == pytest.approx(interval.low), name
        assert one.intervals[name].high == pytest.approx(interval.high), name
    assert outcomes(mine, ruleset) == outcomes(theirs, ruleset)


def test_a_whole_bundle_gives_the_answers_of_the_same_lines(read: Read, reader: Reader, ruleset: RuleSet) -> None:
    """Somebody of 67 on warfarin who bought D3 and K2 gets the same findings from FHIR as from lines."""
    mine = read(
        statement("warfarin", dosage(quantity(5, "mg"), DAILY), id="1"),
        statement("vitamin D3", dosage(quantity(125, "ug"), DAILY), id="2"),
        statement("K2 MK-7", dosage(quantity(100, "ug"), DAILY), id="3"),
        statement("calcium", dosage(quantity(500, "mg"), DAILY), id="4", effectivePeriod={"end": "2026-06-01"}, status="completed"),
        condition("sarcoidosis"),
    )  # fmt: skip
    theirs = same(reader, "warfarin 5 mg daily", "vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "sarcoidosis")
    stopped = reader.read("calcium 500 mg daily")
    stopped = stopped._replace(items=tuple(item._replace(stopped=date(2026, 6, 1)) for item in stopped.items))
    theirs = theirs._replace(readings=(*theirs.readings, stopped))
    assert outcomes(mine, ruleset) == outcomes(theirs, ruleset)
    assert outcomes(mine, ruleset)["mk-7-with-vitamin-k-antagonist"] == "raised"


UNCLEAR, TAKEN = "not clear", "taken"


@pytest.mark.parametrize(
    "table, expected",
    [
        (statement(), TAKEN),
        (statement(status="unknown"), UNCLEAR),
        (statement(status="on-hold"), UNCLEAR),
        (statement(effectivePeriod={"end": "2026-11-01"}), UNCLEAR),
        (statement(effectivePeriod={"end": "2026"}), UNCLEAR),
        (statement(effectivePeriod={"end": "2027-01-01"}), TAKEN),
        (statement(status="stopped", effectivePeriod={"end": "2027-01-01"}), UNCLEAR),
        (statement(effectivePeriod={"start": "2027-01-01"}), UNCLEAR),
        (statement(effectiveDateTime="2028-01-01"), UNCLEAR),
        (statement(effectiveDateTime="2001-01-01"), UNCLEAR),
        (statement(effectiveDateTime="2026-09-01"), TAKEN),
        (statement(dateAsserted="2028-01-01"), UNCLEAR),
        (request(authoredOn="2028-01-01"), UNCLEAR),
        (request(authoredOn="2019-01-01"), TAKEN),
        (request(), TAKEN),
        (request(status="on-hold"), UNCLEAR),
        (request(status="unknown"), UNCLEAR),
        (request(status="draft"), UNCLEAR),
        (request(status="completed"), UNCLEAR),
        (request(intent="proposal"), UNCLEAR),
        (request(intent="plan"), UNCLEAR),
        (request(intent="option"), UNCLEAR),
    ],
)
def test_whether_it_is_taken_is_only_as_sure_as_its_status(table: Table, expected: str, only: Any) -> None:
    """What may be taken or not is neither counted as taken nor ruled out."""
    reading = only(table)
    (item,) = reading.items
    assert item.substance == "warfarin"
    assert item.is_taken == (expected == TAKEN)
    assert bool(reading.reason) == (expected != TAKEN)


@pytest.mark.parametrize(
    "bounds, expected",
    [
        ({"boundsPeriod": {"start": "2015-01-01", "end": "2015-02-01"}}, UNCLEAR),
        ({"boundsPeriod": {"end": "2024-01-01"}}, UNCLEAR),
        ({"boundsPeriod": {"start": "2027-01-01"}}, UNCLEAR),
        ({"boundsPeriod": {"start": "2026-01-01", "end": "2027-01-01"}}, TAKEN),
        ({"boundsDuration": quantity(7, "d")}, UNCLEAR),
        ({"boundsDuration": quantity(2, "mo")}, UNCLEAR),
        ({"boundsDuration": quantity(20, "a")}, TAKEN),
        ({"boundsRange": {"high": quantity(3, "wk")}}, UNCLEAR),
    ],
)
def test_the_time_for_which_a_dosage_holds_counts(bounds: Table, expected: str, only: Any) -> None:
    """A course that is over, or has not begun, leaves open whether it is taken; the days are told."""
    told = dosage(quantity(5, "mg"), DAILY | bounds)
    reading = only(request("warfarin", told, authoredOn="2019-01-01"))
    assert [item.is_taken for item in reading.items] == [expected == TAKEN]
    assert (expected == TAKEN) or any(year in reading.reason for year in ("2015", "2019", "2024", "2027"))


def test_a_step_that_is_over_leaves_open_how_much(only: Any) -> None:
    """It is taken all the same, as another step still holds."""
    over, now = ({"boundsPeriod": period} for period in ({"end": "2026-01-01"}, {"start": "2026-01-01"}))
    steps = [dosage(quantity(5, "mg"), DAILY | one, sequence=number) for number, one in enumerate((over, now))]
    reading = only(statement("warfarin", *steps))
    assert {(item.is_taken, item.amount) for item in reading.items} == {(True, None)}
    assert "2026-01-01" in reading.reason


@pytest.mark.parametrize("status", ["active", "on-hold", "unknown", "intended", "stopped", "completed", "foo", ""])
def test_only_not_taken_rules_a_medicine_out(status: str, read: Read, ruleset: RuleSet) -> None:
    """No other status makes "warfarin" a no: it is taken, or unknown."""
    facts = facts_of(read(statement(status=status)), ruleset.vocabulary)
    assert not facts.truths["medicines:warfarin"].is_false
    facts = facts_of(read(statement(status="not-taken")), ruleset.vocabulary)
    assert facts.truths["medicines:warfarin"].is_false


def test_planned_is_new_and_a_long_ago_begin_is_not(only: Any) -> None:
    """An intended medicine is new; an active one since years is not; a recent prescription may be a renewal."""
    assert only(statement(status="intended")).items[0].is_new is True
    assert only(statement(effectivePeriod={"start": "2020"})).items[0].started == date(2020, 12, 31)
    assert only(statement(effectivePeriod={"start": "2026-11-01"})).items[0].started == date(2026, 11, 1)
    assert only(statement(effectivePeriod={"start": "2026"})).items[0].started is None
    assert only(request(authoredOn="2026-11-01")).items[0].started is None
    assert only(request(authoredOn="2020-01-01")).items[0].started == date(2020, 1, 1)


def test_stopped_is_no_longer_counted_and_told(only: Any) -> None:
    """With its day it is an item that has ended; without one it is said to be stopped."""
    reading = only(statement(status="completed", effectivePeriod={"end": "2026-10-01"}))
    assert reading.items[0].stopped == date(2026, 10, 1)
    assert only(statement(status="stopped")).stopped == ("warfarin",)
    assert only(request(status="stopped")).stopped == ("warfarin",)


@pytest.mark.parametrize(
    "table",
    [
        statement(status="entered-in-error"),
        request(status="entered-in-error"),
        request(status="cancelled"),
        statement("Blorbium", status="not-taken"),
        request("Blorbium", doNotPerform=True),
    ],
)
def test_what_is_not_counted_is_listed_with_its_reason(table: Table, only: Any) -> None:
    """An error, a withdrawn prescription, or something unknown that is not taken: shown, and without effect."""
    reading = only(table)
    assert reading.outcome == "ignore"
    assert reading.is_empty
    assert not reading.hides_something
    assert reading.reason
    assert table["id"] in reading.text


@pytest.mark.parametrize(
    "table",
    [
        statement("warfarin 5 mg", status="not-taken"),
        statement("calcium carbonate", status="not-taken"),
        statement("warfarin", status="not-taken", effectivePeriod={"start": "2019-01-01", "end": "2019-03-01"}),
        statement("warfarin", status="not-taken", effectiveDateTime="2019-01-01"),
        request(doNotPerform=True),
        statement("warfarin", status="not-taken", dateAsserted="2015-01-01"),
        statement("warfarin", status="not-taken", dateAsserted="2027-01-01"),
        statement("warfarin", status="not-taken", effectivePeriod={"start": "2027-01-01"}),
        statement("warfarin", status="not-taken", effectivePeriod={"start": "2019-01-01"}),
        statement("warfarin", status="not-taken", effectiveDateTime="2027-01-01"),
        statement("warfarin", dosage(text="at bedtime"), status="not-taken"),
        statement("warfarin", dosage(asNeededBoolean=True), status="not-taken"),
        statement("warfarin", dosage(None, DAILY | {"when": ["HS"]}), status="not-taken"),
        statement("warfarin", status="not-taken", statusReason=[{"text": "skipped one dose"}]),
        statement("warfarin", status="not-taken", note=[{"text": "missed Tuesday's dose only"}]),
        statement("warfarin", status="not-taken", note=[{"text": "no warfarin on Tuesdays"}]),
        statement("warfarin injection", status="not-taken"),
        statement(concept("warfarin", ("urn:x", "1", "warfarin tablet")), status="not-taken"),
    ],
)
def test_a_no_that_holds_for_a_part_only_is_no_no(table: Table, only: Any) -> None:
    """One strength, one salt, another time, a request not to give it: that leaves it open, and rules nothing out."""
    reading = only(table)
    assert not reading.denied
    assert reading.doubted in (("warfarin",), ("calcium",))
    assert reading.reason


def test_a_no_to_a_form_is_no_no_to_the_substance(only: Any) -> None:
    """Not the injection: the tablets may be taken."""
    injection = {"resourceType": "Medication", "id": "m", "code": {"text": "iron"}, "form": {"text": "injection"}}
    table = statement(status="not-taken", contained=[injection], medicationReference={"reference": "#m"})
    del table["medicationCodeableConcept"]
    assert only(table).doubted == ("iron",)


def test_a_class_that_may_be_taken_or_not_is_reported(read: Read, ruleset: RuleSet) -> None:
    """A doubt about blood thinners of any kind makes questions, and no error."""
    regimen = read(request("blood thinner", doNotPerform=True), statement("K2 MK-7 100 mcg daily"))
    assert outcomes(regimen, ruleset)["mk-7-with-vitamin-k-antagonist"] == "cannot-tell"


def test_a_no_to_a_product_is_no_no_to_each_of_its_parts(only: Any) -> None:
    """Not on a combination leaves open each of the two alone."""
    reading = only(statement("amlodipine / atorvastatin", status="not-taken"))
    assert not reading.denied
    assert len(reading.doubted) == 2


@pytest.mark.parametrize("more", [{}, {"note": [{"text": 'As entered: "no warfarin"'}]}, {"dateAsserted": "2026-05-01"}, {"effectiveDateTime": "2026-11-20"}, {"effectivePeriod": {"start": "2019"}, "dateAsserted": "2026-11-01"}])  # fmt: skip
def test_a_plain_no_of_now_is_a_no(more: Table, only: Any) -> None:
    """Without a date, or with one of the last year."""
    assert only(statement("warfarin", status="not-taken", **more)).denied == ("warfarin",)


# --- names and codes


@pytest.mark.parametrize(
    "medication, id",
    [
        (concept("Warfarin Sodium 5 MG Oral Tablet", (RXNORM, "11289")), "warfarin"),
        (concept("", (RXNORM, "11289", "warfarin"), (ATC, "B01AA03")), "warfarin"),
        (concept("", (RXNORM, "855332", "Warfarin Sodium 5 MG Oral Tablet")), "warfarin"),
        (concept("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet"), "metoprolol"),
        (concept("blood thinner", (RXNORM, "11289")), "warfarin"),
        (concept("vitamin D", (ATC, "A11CC05")), "vitamin-d3"),
        (concept("vitamin D3", (UNII, "9VU1KI44GP")), "vitamin-d3"),
        (concept("warfarin", ("urn:other", "2418")), "warfarin"),
    ],
)
def test_codes_and_names_that_agree_name_the_most_that_they_say(medication: Table, id: str, only: Any) -> None:
    """A code counts by its exact system; the more special of both is meant."""
    reading = only(statement(medication))
    assert [item.substance for item in reading.items] == [id]
    assert not reading.hides_something


@pytest.mark.parametrize(
    "medication",
    [
        concept("aspirin", (RXNORM, "11289")),
        concept("", (RXNORM, "11289", "aspirin")),
        concept("", (RXNORM, "11289"), (RXNORM, "2418")),
        concept("vitamin D3 + MK-7", (RXNORM, "2418")),
        concept("warfarin", ("", ""), (RXNORM, "1", "digoxin")),
        concept("no other medicines"),
        concept("not on warfarin"),
        concept("No known medications"),
        concept("Vitamin D3 1000 IU daily; no other medicines"),
        concept("stopped warfarin"),
        concept("kidney stones"),
        concept("", (RXNORM, "999999")),
        concept("", ("http://other", "11289")),
        concept("x" * 3000),
        {},
    ],
)
def test_a_name_that_cannot_be_used_may_be_anything(medication: Table, read: Read, ruleset: RuleSet) -> None:
    """Codes and names that disagree, or that say more than a name, are not recognised, and rule nothing out."""
    regimen = read(statement(medication))
    reading = regimen.readings[1]
    assert reading.outcome in ("ask", "refuse")
    assert not reading.items
    ((piece, reason),) = reading.not_recognised
    assert piece in reading.text
    assert reason == reading.reason or reason.startswith("not understood in")
    facts = facts_of(regimen, ruleset.vocabulary)
    assert not any(facts.truths[f"medicines:{entry.id}"].is_false for entry in ruleset.vocabulary.of_kind("medicine"))
    assert not any(facts.truths[f"{name}.taken"].is_false for name in ("vitamin_k2", "vitamin_d3", "calcium"))
    assert regimen.all_closed == Closed()


def test_a_name_that_is_not_known_beside_a_code_that_is(only: Any) -> None:
    """The code counts, and the name may stand for more than the code: how much is not known, nor what else is in it."""
    reading = only(statement(concept("Blorbium forte", (RXNORM, "11289")), dosage(quantity(5, "mg"), DAILY)))
    assert [(item.substance, item.amount) for item in reading.items] == [("warfarin", None)]
    assert reading.hidden == ("Blorbium forte",)


def test_a_name_that_is_near_is_suggested(only: Any) -> None:
    """As in a line: what it may be is asked, never decided."""
    reading = only(statement("warfarrin sodum"))
    assert reading.outcome == "ask"
    assert "warfarin" in reading.suggestions


def test_every_name_counts_and_none_says_more_than_a_name(only: Any) -> None:
    """A second name that is understood in part hides something; a name that makes a statement is refused as that."""
    reading = only(statement(concept("warfarin", ("urn:other", "1", "warfarin blorbium"))))
    assert [item.substance for item in reading.items] == ["warfarin"]
    assert any("blorbium" in piece for piece in reading.hidden)
    for text in ("Vitamin D3 1000 IU daily; no other medicines", "maybe warfarin"):
        assert only(statement(text)).reason == "its name says more than a name"


MEDICATION = {"resourceType": "Medication", "id": "m", "code": {"text": "vitamin D3"}}


@pytest.mark.parametrize(
    "reference, more",
    [
        ({"reference": "Medication/m"}, {}),
        ({"reference": "http://x/Medication/m"}, {}),
        ({"reference": "Medication/m/_history/2", "display": "cholecalciferol"}, {}),
        ({"reference": "#m"}, {"contained": [MEDICATION]}),
        ({"display": "vitamin D3"}, {}),
    ],
)
def test_a_medication_that_is_referred_to_is_found(reference: Table, more: Table, read: Read) -> None:
    """In the file, contained, or by its words only."""
    table = statement(**{"medicationReference": reference, **more})
    del table["medicationCodeableConcept"]
    held = [table] if "contained" in more or "reference" not in reference else [table, MEDICATION]
    readings = read(*held).readings
    assert len(readings) == 2
    assert [item.substance for item in readings[1].items] == ["vitamin-d3"]


@pytest.mark.parametrize(
    "reference, more",
    [
        ({"reference": "Medication/other"}, {}),
        ({"reference": "#x"}, {}),
        ({"reference": "Medication/m", "display": "warfarin"}, {}),
        ({"reference": "Patient/p"}, {}),
        ({}, {}),
        ({"reference": "#m"}, {"contained": [MEDICATION | {"status": "entered-in-error"}]}),
        ({"reference": "#m"}, {"contained": [MEDICATION | {"modifierExtension": [{"url": "x"}]}]}),
        ({"reference": "#m"}, {"contained": [{"resourceType": "Medication", "id": "m"}]}),
    ],
)
def test_a_medication_that_is_not_there_may_be_anything(reference: Table, more: Table, read: Read) -> None:
    """A reference that leads nowhere, or to something that contradicts it, is not recognised."""
    table = statement(**{"medicationReference": reference, **more})
    del table["medicationCodeableConcept"]
    reading = next(one for one in read(table, MEDICATION).readings if "MedicationStatement" in one.text)
    assert reading.hides_something
    assert reading.reason


def of_servers(medication: str, reference: str) -> Table:
    """A Bundle with a Medication at an address, and a statement with a reference."""
    table = statement(medicationReference={"reference": reference})
    del table["medicationCodeableConcept"]
    return bundle(table) | {
        "entry": [{"resource": table}, {"fullUrl": medication, "resource": MEDICATION}],
    }


@pytest.mark.parametrize(
    "address, reference, is_found",
    [
        ("http://a/fhir/Medication/m", "http://b/fhir/Medication/m", False),
        ("http://a/fhir/Medication/m", "http://a/fhir/Medication/m", True),
        ("http://a/fhir/Medication/m", "http://a/fhir/Medication/m/_history/3", True),
        ("http://a/fhir/Medication/m", "Medication/m", True),
        ("urn:uuid:1", "http://b/fhir/Medication/m", True),
        ("urn:uuid:1", "urn:uuid:1", True),
    ],
)
def test_an_address_of_another_server_leads_nowhere(address: str, reference: str, is_found: bool, read: Read) -> None:
    """Two servers may give one id to two things."""
    reading = next(one for one in read(of_servers(address, reference)).readings if "Statement" in one.text)
    assert [item.substance for item in reading.items] == (["vitamin-d3"] if is_found else [])
    assert reading.hides_something != is_found


def test_a_patient_of_another_server_is_another_person(read: Read) -> None:
    """Their medicines are not those of the person in the file."""
    entries = [
        {"fullUrl": "http://a/fhir/Patient/p", "resource": PATIENT},
        {"fullUrl": "http://b/fhir/MedicationStatement/s", "resource": statement(subject={"reference": "http://b/fhir/Patient/p"})},
    ]  # fmt: skip
    with pytest.raises(DosenoteError, match="not about the Patient"):
        read(bundle() | {"entry": entries})


def test_a_medication_nobody_refers_to_may_be_taken(read: Read) -> None:
    """It is there for something, and nobody says for what."""
    assert read(MEDICATION).readings[1].hides_something


def ingredient(text: str, **more: Any) -> Table:
    return {"itemCodeableConcept": {"text": text}, **more}


def test_ingredients_say_what_is_in_it_and_not_how_much_is_taken(read: Read) -> None:
    """A product by what is in it; an excipient does not count; a name that contradicts them is not recognised."""
    medication: Table = {"resourceType": "Medication", "id": "m"}
    table = statement(medicationReference={"reference": "Medication/m"})
    del table["medicationCodeableConcept"]
    both = [ingredient("calcium"), ingredient("vitamin D3"), ingredient("starch", isActive=False)]
    reading = read(table, medication | {"ingredient": both}).readings[1]
    assert [(item.substance, item.amount) for item in reading.items] == [("calcium", None), ("vitamin-d3", None)]
    assert not reading.hides_something
    named = read(table, medication | {"code": {"text": "OsteoBlorb"}, "ingredient": both}).readings[1]
    assert [item.substance for item in named.items] == ["calcium", "vitamin-d3"]
    assert named.hidden == ("OsteoBlorb",)
    brand = {"code": {"text": "calcium 600 mg + zorbium"}, "ingredient": [ingredient("calcium")]}
    assert any("zorbium" in piece for piece in read(table, medication | brand).readings[1].hidden)
    wrong = medication | {"code": {"text": "warfarin"}, "ingredient": both}
    assert read(table, wrong).readings[1].hides_something
    strange = medication | {"ingredient": [*both, ingredient("blorb")]}
    assert read(table, strange).readings[1].hides_something


@pytest.mark.parametrize(
    "text, is_taken",
    [("Stopped 3 May. Do not take", False), ("do not take", False), ("see leaflet", False), ("1 tablet daily", True)],
)
def test_the_instructions_of_a_mixture_are_not_lost(text: str, is_taken: bool, only: Any) -> None:
    """Words that turn it round, or are not understood, leave open whether its parts are taken."""
    both = [ingredient("calcium"), ingredient("vitamin D3")]
    medication = {"resourceType": "Medication", "id": "m", "ingredient": both}
    table = statement("x", dosage(text=text), contained=[medication], medicationReference={"reference": "#m"})
    del table["medicationCodeableConcept"]
    reading = only(table)
    assert [(item.substance, item.is_taken) for item in reading.items] == [
        ("calcium", is_taken),
        ("vitamin-d3", is_taken),
    ]
    assert is_taken or text in reading.reason


# --- how much and how often

IN_MCG = quantity(125, "ug")


def times(reading: Reading) -> tuple[Any, ...] | None:
    """How often: lowest and highest number of times in the period, its length and unit."""
    (item,) = reading.items
    schedule = item.schedule
    return None if schedule is None else (*schedule.times, schedule.count, schedule.unit)


@pytest.mark.parametrize(
    "repeat, expected",
    [
        (DAILY, (1, 1, 1, "day")),
        ({"frequency": 1, "frequencyMax": 3, "period": 2, "periodUnit": "wk"}, (1, 3, 2, "week")),
        ({"frequency": 1, "period": 8, "periodMax": 12, "periodUnit": "h"}, (1, 1.5, 12, "hour")),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon", "thu"]}, (2, 2, 1, "week")),
        ({"frequency": 2, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]}, (2, 2, 1, "week")),
        ({"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]}, None),
        ({"dayOfWeek": ["mon"]}, None),
        ({"frequency": 1, "period": 1, "periodMax": 2, "periodUnit": "d", "dayOfWeek": ["mon", "thu"]}, None),
        ({"count": 1}, (1, 1, 1, "day")),
        ({"count": 10}, None),
        ({"frequency": 1}, None),
        ({"period": 1, "periodUnit": "d"}, None),
        ({"frequency": 1, "period": 1}, None),
        ({"frequency": 1, "period": 0, "periodUnit": "d"}, None),
        ({"frequency": 0, "period": 1, "periodUnit": "d"}, None),
        ({"frequency": 3, "frequencyMax": 1, "period": 1, "periodUnit": "d"}, None),
        ({"frequency": 1, "period": 1, "periodUnit": "days"}, None),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "timeOfDay": ["08:00:00", "20:00:00"]}, None),
        ({"when": ["MORN"]}, None),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "duration": 2, "durationUnit": "h"}, None),
    ],
)
def test_how_often_is_never_a_default(repeat: Table, expected: tuple[Any, ...] | None, only: Any) -> None:
    """What Timing leaves open stays open, also where FHIR would let a program assume once."""
    reading = only(statement("vitamin D3", dosage(IN_MCG, repeat)))
    assert times(reading) == expected
    assert bool(reading.missing or "how often" in reading.reason) == (expected is None)


def test_codes_of_timing_count_when_they_are_known(only: Any) -> None:
    """Twice a day by its code; a code of another system, or one that contradicts the numbers, is not used."""

    def by(code: str, system: str = TIMING, **more: Any) -> Reading:
        timing = {"code": {"coding": [{"system": system, "code": code}]}, **more}
        found: Reading = only(statement("vitamin D3", dosage(IN_MCG, timing=timing)))
        return found

    assert times(by("BID")) == (2, 2, 1, "day")
    assert times(by("BID", repeat=DAILY | {"frequency": 2})) == (2, 2, 1, "day")
    assert times(by("BID", repeat=DAILY)) is None
    assert times(by("BID", "urn:other")) is None
    assert times(by("XYZ")) is None


@pytest.mark.parametrize(
    "coding",
    [
        [{"system": "urn:oid:1.2", "code": "BID", "display": "twice daily"}],
        [{"system": TIMING, "code": "TID"}, {"system": TIMING, "code": "BID"}],
        [{"system": TIMING, "code": "QD"}, {"system": "urn:oid:1.2", "code": "2"}],
        [{"system": TIMING, "code": "XYZ"}],
    ],
)
def test_a_code_of_timing_that_is_not_known_counts_beside_numbers(coding: list[Table], only: Any) -> None:
    """It may say something else than the numbers: how often is not known, and that is said."""
    reading = only(statement("vitamin D3", dosage(IN_MCG, timing={"code": {"coding": coding}, "repeat": DAILY})))
    assert times(reading) is None
    assert "how often" in reading.reason


def test_as_needed_means_from_never(only: Any) -> None:
    """As needed leaves the lowest amount at nothing, and the highest open unless it is told."""
    reading = only(statement("calcium", dosage(quantity(500, "mg"), {"frequencyMax": 3, "period": 1, "periodUnit": "d"}, asNeededBoolean=True)))  # fmt: skip
    assert reading.items[0].schedule.times_per_day() == (0, 3)
    reading = only(statement("calcium", dosage(quantity(500, "mg"), asNeededBoolean=True)))
    assert reading.items[0].schedule.times_per_day() == (0, None)
    reading = only(statement("calcium", dosage(quantity(500, "mg"), {"frequency": 2, "period": 1, "periodUnit": "d"}, asNeededCodeableConcept={"text": "cramps"})))  # fmt: skip
    assert reading.items[0].schedule.as_needed


@pytest.mark.parametrize(
    "dose",
    [
        quantity(2, "{tablet}"),
        quantity(2, unit="tablet"),
        quantity(880, "{UI}"),
        quantity(880, unit="{UI}"),
        quantity(125, "mcg"),
        quantity(125, "ug", system="urn:other"),
        quantity(125, "ug", "mg"),
        quantity(5, "mg", "mcg"),
        quantity(5000, "[IU]", "mcg"),
        quantity(1, "[drp]"),
        quantity(1),
        quantity(-1, "ug"),
        {"unit": "mcg", "code": "ug", "system": UCUM},
        quantity(125, "ug") | {"comparator": "<"},
    ],
)
def test_a_unit_that_is_not_known_is_no_amount(dose: Table, only: Any) -> None:
    """Tablets, annotations, a code that contradicts its word: the amount stays unknown, and it is said why."""
    reading = only(statement("vitamin D3", dosage(dose, DAILY)))
    assert [(item.substance, item.amount) for item in reading.items] == [("vitamin-d3", None)]
    assert reading.outcome == "ask"
    assert "dose" in reading.reason


@pytest.mark.parametrize(
    "text, dose, repeat",
    [
        ("1000 IU daily", IN_MCG, DAILY),
        ("5000 IU daily", quantity(125, "mg"), DAILY),
        ("2 capsules, whatever that is, daily", IN_MCG, DAILY),
    ],
)
def test_words_and_numbers_that_disagree_give_no_amount(text: str, dose: Table, repeat: Table, only: Any) -> None:
    """Neither is believed."""
    reading = only(statement("vitamin D3", dosage(dose, repeat, text)))
    assert [item.amount for item in reading.items] == [None]
    assert reading.outcome != "accept"


@pytest.mark.parametrize(
    "medication, told",
    [
        (concept("vitamin D3 1000 IU", ("urn:x", "1", "Vitamin D3 5000 UNT Oral Capsule")), dosage(text="1 capsule daily")),
        (concept("vitamin D3 1000 IU", ("urn:x", "1", "Vitamin D3 5000 UNT Oral Capsule")), dosage(quantity(1000, "[IU]"), DAILY)),
        (concept("vitamin D3 5000 IU daily"), dosage(quantity(1000, "[IU]"), DAILY)),
        (concept("vitamin D3 5000 IU daily"), dosage(quantity(5000, "[IU]"), DAILY | {"frequency": 2})),
        (concept("calcium carbonate", ("urn:x", "1", "calcium citrate")), dosage(quantity(500, "mg"), DAILY)),
        (concept("calcium carbonate"), dosage(text="calcium 1250 mg daily")),
    ],
)  # fmt: skip
def test_names_that_differ_in_how_much_give_no_amount(medication: Table, told: Table, only: Any) -> None:
    """Two strengths, two salts, or a whole dose in the name that is not the dosage: neither is believed."""
    reading = only(statement(medication, told))
    assert [item.amount for item in reading.items] == [None]
    assert reading.outcome != "accept"
    assert reading.reason


def test_names_that_give_one_strength_in_two_units_agree(only: Any) -> None:
    """1,000 IU of vitamin D3 are 25 mcg."""
    named = concept("vitamin D3 1000 IU", ("urn:x", "1", "Vitamin D3 25 MCG Oral Capsule"))
    (item,) = only(statement(named, dosage(text="1 capsule daily"))).items
    assert item.amount == Amount(Decimal(1000), Decimal(1000), "IU")


@pytest.mark.parametrize(
    "medication, dose, low, high",
    [
        (concept("calcium carbonate 1250 MG (500 MG elemental) tablet"), 1250, 500, 1250),
        (concept("magnesium oxide 400 mg (241.3 mg elemental magnesium) tablet"), 400, 241, 400),
        (concept("ferrous sulfate 325 mg (65 mg iron) tablet"), 325, 65, 325),
        (concept("calcium", ("urn:x", "1", "calcium carbonate")), 1250, 500, 1250),
        (concept("calcium carbonate", ("urn:x", "1", "calcium")), 1250, 500, 1250),
    ],
)
def test_a_dose_of_a_salt_may_be_the_weight_of_either(
    medication: Table, dose: float, low: float, high: float, only: Any
) -> None:
    """Wherever a name holds a salt, the mineral is at least its share and at most the whole, and it is asked."""
    for told in (dosage(quantity(dose, "mg"), DAILY), dosage(text=f"{dose} mg daily")):
        reading = only(statement(medication, told))
        (amount,) = (item.amount for item in reading.items)
        assert reading.outcome == "ask"
        assert amount is None or (int(amount.low), int(amount.high)) == (low, high)
    assert only(statement(medication, dosage(quantity(dose, "mg"), DAILY))).items[0].amount is not None


@pytest.mark.parametrize(
    "name, dose, text, expected",
    [
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet"), "", "5"),
        ("warfarin 2.5 mg tablet", quantity(2, "{tbl}", "tablets"), "", "5"),
        ("warfarin 5 MG Oral Tablet", quantity(0.5, "TAB", system="urn:forms"), "", "2.5"),
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet"), "2 tablets in the evening", "5"),
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet"), "5 mg in the evening", "5"),
        ("calcium carbonate 1250 mg (500 mg elemental)", quantity(1, unit="TAB"), "", "500"),
        ("vitamin D3", quantity(5000, unit="Units"), "", "5000"),
        ("heparin", quantity(5000, unit="units"), "", "5000"),
        # the words and the numbers differ, or what is counted is not known
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet"), "1 tablet in the evening", None),
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet"), "2.5 mg in the evening", None),
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet"), "as directed by the clinic", None),
        ("warfarin", quantity(2, unit="tablet"), "", None),
        ("warfarin 2.5 mg tablet", quantity(2, unit="each"), "", None),
        ("warfarin 2.5 mg tablet", quantity(2, unit="mcg"), "", None),
        ("warfarin 2.5 mg tablet", quantity(2, "mcg"), "", None),
        ("warfarin 2.5 mg tablet", quantity(2, unit="tablet") | {"comparator": "<"}, "", None),
        ("vitamin D3 1000 IU capsule", quantity(1, unit="Units"), "", None),
    ],
)
def test_a_dose_in_pieces_is_counted_by_the_strength_in_the_name(
    name: str, dose: Table, text: str, expected: str | None, only: Any
) -> None:
    """Two tablets of 2.5 mg are 5 mg; where words, strength or unit leave that open, no amount is told."""
    reading = only(statement(name, dosage(dose, DAILY, text) if text else dosage(dose, DAILY)))
    (amount,) = (item.amount for item in reading.items)
    assert (None if amount is None else (amount.low, amount.high)) == (
        None if expected is None else (Decimal(expected), Decimal(expected))
    )
    assert (reading.outcome == "accept") == (expected is not None)


def test_clear_words_beside_a_unit_that_is_not_known_give_no_amount(only: Any) -> None:
    """Whether one tablet is the amount in words nobody can tell."""
    reading = only(statement("vitamin D3", dosage(quantity(1, "{tablet}"), DAILY, "5000 IU daily")))
    assert [item.amount for item in reading.items] == [None]
    assert times(reading) == (1, 1, 1, "day")


def test_words_and_numbers_that_disagree_about_how_often(only: Any) -> None:
    """Weekly in words and daily in numbers: how often is not known."""
    reading = only(statement("vitamin D3", dosage(IN_MCG, DAILY, "5000 IU once a week")))
    assert times(reading) is None
    assert reading.items[0].amount is not None
    assert "how often" in reading.reason
    patient = dosage(IN_MCG, DAILY, "5000 IU daily", patientInstruction="5000 IU weekly")
    assert times(only(statement("vitamin D3", patient))) is None


def test_words_in_several_places_are_put_together(only: Any) -> None:
    """The words of a code of timing say how often where the instructions say how much; a part of the year stays."""
    told = dosage(text="5000 IU", timing={"code": {"text": "once a day"}})
    reading = only(statement("vitamin D3", told))
    assert (reading.items[0].amount.low, times(reading)) == (5000, (1, 1, 1, "day"))
    told = dosage(IN_MCG, DAILY, "5000 IU daily in winter", route={"text": "Oral"})
    assert only(statement("vitamin D3", told)).items[0].season == "winter"
    assert "route" in only(statement("vitamin D3", dosage(IN_MCG, DAILY, route={"text": "nasal"}))).reason


@pytest.mark.parametrize("text", ["100 mcg MK-7 daily", "see warfarin", "no other medicines", "for kidney stones"])
def test_instructions_about_something_else_are_not_recognised(text: str, only: Any) -> None:
    """What stands in the instructions is never lost, and never read as said of the medicine."""
    assert only(statement("vitamin D3", dosage(text=text))).hides_something


def test_the_strength_of_a_piece_is_no_dose(only: Any) -> None:
    """With numbers for how often only, how many pieces are taken is not known."""
    reading = only(statement("Vitamin D3 5000 IU capsule", dosage(None, DAILY)))
    assert times(reading) == (1, 1, 1, "day")
    assert [item.amount for item in reading.items] == [None]


def test_the_guard_against_slips_of_the_unit_holds_for_numbers(only: Any) -> None:
    """5 mg of vitamin D3 a day is refused, as in a line."""
    reading = only(statement("vitamin D3", dosage(quantity(5, "mg"), DAILY)))
    assert reading.outcome == "refuse"
    assert [item.amount for item in reading.items] == [None]
    assert only(statement("calcium", dosage(quantity(500, "[IU]"), DAILY))).outcome == "refuse"


def test_several_dosages_count_as_fhir_says(only: Any) -> None:
    """The same number is at the same time; different numbers follow one another; without numbers nobody knows."""
    morning, evening = dosage(quantity(500, "mg"), DAILY), dosage(quantity(250, "mg"), DAILY)
    same_time = only(statement("calcium", morning | {"sequence": 1}, evening | {"sequence": 1}))
    assert [(item.amount.low, item.phase) for item in same_time.items] == [(500, 0), (250, 0)]
    steps = only(statement("calcium", evening | {"sequence": 2}, morning | {"sequence": 1}))
    assert [(item.amount.low, item.phase) for item in steps.items] == [(500, 1), (250, 2)]
    open_ = only(statement("calcium", morning, evening))
    assert [(item.amount, item.schedule) for item in open_.items] == [(None, None)]
    assert open_.reason


@pytest.mark.parametrize(
    "one, other",
    [
        (DAILY | {"when": ["MORN"]}, DAILY | {"when": ["HS"]}),
        (DAILY | {"timeOfDay": ["08:00:00"]}, DAILY | {"timeOfDay": ["20:00:00"]}),
        (DAILY | {"dayOfWeek": ["mon"]}, DAILY | {"dayOfWeek": ["tue"]}),
        (DAILY, DAILY | {"when": ["HS"]}),
    ],
)
def test_dosages_at_other_times_of_the_day_or_week_are_no_steps(one: Table, other: Table, only: Any) -> None:
    """Numbered or not, they may be taken on the same day: how much in all is not known, and it is asked."""
    told = [dosage(IN_MCG, repeat, sequence=number) for number, repeat in enumerate((one, other), 1)]
    reading = only(statement("vitamin D3", *told))
    assert [(item.amount, item.schedule, item.phase) for item in reading.items] == [(None, None, 0)]
    assert reading.outcome == "ask"
    assert "same day" in reading.reason
    morning, night = (
        dosage(IN_MCG, text=text, sequence=n) for n, text in enumerate(("daily in the morning", "daily at night"))
    )
    assert [item.amount for item in only(statement("vitamin D3", morning, night)).items] == [None]


def test_the_most_a_day_bounds_the_day(only: Any) -> None:
    """500 mg as needed, at most 1,000 mg a day."""
    most = {"numerator": quantity(1000, "mg"), "denominator": quantity(1, "d")}
    repeat = {"frequency": 4, "period": 1, "periodUnit": "d"}
    reading = only(statement("calcium", dosage(quantity(500, "mg"), repeat, maxDosePerPeriod=most)))
    assert reading.items[0].schedule.max_per_day == 1000


# --- other versions, and what turns the meaning round


@pytest.mark.parametrize(
    "table",
    [
        statement(status="recorded"),
        statement() | {"medication": {"concept": {"text": "warfarin"}}},
        {"resourceType": "MedicationStatement", "id": "s", "status": "recorded", "subject": SUBJECT, "medication": {"concept": {"text": "warfarin"}}},
        statement(adherence={"code": {"text": "taking"}}),
        statement(taken="n"),
        statement(wasNotTaken=True),
        statement("vitamin D3", {"text": "daily", "asNeeded": True}),
        statement("vitamin D3", {"doseQuantity": IN_MCG}),
        statement(modifierExtension=[{"url": "http://x", "valueBoolean": True}]),
        statement("vitamin D3", dosage(IN_MCG, DAILY, modifierExtension=[{"url": "x"}])),
        statement(implicitRules="http://x"),
        request() | {"medication": {"concept": {"text": "warfarin"}}},
    ],
)  # fmt: skip
def test_what_is_not_r4_or_changes_the_meaning_is_not_half_read(table: Table, only: Any) -> None:
    """It is listed as not recognised, with the reason, and the name only to be shown."""
    reading = only(table)
    assert not reading.items
    assert reading.outcome == "refuse"
    assert reading.hides_something
    assert "R4" in reading.reason or "may change what it means" in reading.reason


def test_extensions_that_do_not_change_the_meaning_are_no_hindrance(only: Any) -> None:
    """Ordinary extensions and those of single fields may be left out, says FHIR."""
    table = statement("warfarin", extension=[{"url": "http://x"}], _status={"id": "a"}, meta={"profile": ["x"]})
    assert [item.substance for item in only(table).items] == ["warfarin"]


# --- what is told twice


def test_a_prescription_and_a_statement_of_it_count_once(read: Read, ruleset: RuleSet) -> None:
    """A statement that is based on it counts; without the link it may be the same: at least one, at most both."""
    said = statement("vitamin D3", dosage(IN_MCG, DAILY))
    ordered = request("vitamin D3", dosage(IN_MCG, DAILY))

    def daily(*tables: Table) -> tuple[float, float]:
        interval = facts_of(read(*tables), ruleset.vocabulary).intervals["vitamin_d3.daily"]
        return float(interval.low), float(interval.high)

    assert daily(said | {"basedOn": [{"reference": "MedicationRequest/r"}]}, ordered) == (125, 125)
    assert daily(said, ordered) == (125, 250)
    assert daily(ordered, ordered | {"id": "r2"}) == (125, 250)
    assert daily(said, said | {"id": "s2"}) == (250, 250)
    assert daily(said, said) == (125, 125)


LINKED = [{"reference": "MedicationRequest/r"}]


def taken(regimen: Regimen) -> list[str]:
    """What is counted as taken."""
    return [item.substance for _, item in regimen.items() if item.is_taken]


@pytest.mark.parametrize(
    "link",
    [
        statement(status="entered-in-error", basedOn=LINKED),
        statement(status="unknown", basedOn=LINKED),
        statement(status="completed", derivedFrom=LINKED),
        statement(status="foo", basedOn=LINKED),
        statement(status="not-taken", basedOn=LINKED),
        statement("aspirin", basedOn=LINKED),
        statement("blood thinner", basedOn=LINKED),
        statement("aspirin", derivedFrom=LINKED),
    ],
)
def test_a_prescription_stands_unless_a_statement_counts_for_it(link: Table, read: Read) -> None:
    """A statement that is an error, in doubt, or about something else does not make a prescription disappear."""
    for held in ([link, request()], [request(), link]):
        assert "warfarin" in taken(read(*held))


def test_a_link_to_another_server_is_no_link(read: Read) -> None:
    """The prescription of that id is another one: it may be the same thing, and is not said to be."""
    other = statement(basedOn=[{"reference": "http://elsewhere/MedicationRequest/r"}])
    assert "may be the same" in read(other, request()).readings[-1].reason
    assert "told again" in read(statement(basedOn=LINKED), request()).readings[-1].reason


@pytest.mark.parametrize("status", ["completed", "stopped", "cancelled", "on-hold", "unknown", "draft"])
def test_what_has_ended_puts_no_prescription_in_doubt(status: str, read: Read) -> None:
    """An old prescription beside an active one changes nothing, whichever comes first."""
    old = request(status=status, id="old", authoredOn="2020-01-01")
    assert taken(read(old, request())) == ["warfarin"]
    assert taken(read(request(), old)) == ["warfarin"]


def test_the_more_special_of_two_counts(read: Read) -> None:
    """A "blood thinner" that somebody tells of is no reason to doubt the warfarin that is prescribed."""
    assert taken(read(statement("blood thinner"), request())) == ["warfarin"]
    assert taken(read(statement(), request(id="a", medicationCodeableConcept={"text": "blood thinner"}))) == [
        "warfarin"
    ]


def test_the_order_of_two_prescriptions_does_not_matter(read: Read) -> None:
    """The newer one counts, and the other may be added to it."""
    new = request("vitamin D3", dosage(IN_MCG, DAILY), id="new", authoredOn="2026-10-01")
    old = request("vitamin D3", dosage(quantity(25, "ug"), DAILY), id="old", authoredOn="2026-01-01")
    for held in ([new, old], [old, new]):
        assert [item.amount.low for _, item in read(*held).items() if item.is_taken and item.amount] == [125]


# --- the person


def test_the_age_is_that_of_the_day(read: Read) -> None:
    """Whole years, months of small children; a part of a date, or no day to reckon from, gives none and says so."""

    def person(as_of: date | None = DAY, **fields: Any) -> Reading:
        return read({"resourceType": "Patient", "id": "p", **fields}, as_of=as_of).readings[0]

    assert person(birthDate="1959-11-20").person == Person(Decimal(67))
    assert person(birthDate="1959-11-21").person == Person(Decimal(66))
    assert person(birthDate="2026-05-20").person.age == Decimal(6) / 12
    assert person(birthDate="1959").person == Person()
    assert "not known" in person(birthDate="1959").reason
    assert person(birthDate="1959-11-20", as_of=None).person == Person()
    assert person(gender="male").person == Person(sex="male")
    assert "gender" in person(gender="male").assumed[0]
    assert person(gender="other").person == Person()
    assert "other" in person(gender="other").reason
    with pytest.raises(DosenoteError, match="no age"):
        person(birthDate="2027-01-01")


def state(system: str, code: str) -> Table:
    return {"coding": [{"system": system, "code": code}]}


@pytest.mark.parametrize(
    "more, is_there",
    [
        ({}, True),
        ({"clinicalStatus": state(CLINICAL, "active"), "verificationStatus": state(CERTAINTY, "confirmed")}, True),
        ({"clinicalStatus": state(CLINICAL, "recurrence")}, True),
        ({"clinicalStatus": state(CLINICAL, "resolved")}, False),
        ({"clinicalStatus": state(CLINICAL, "inactive")}, False),
        ({"clinicalStatus": state("urn:other", "active")}, False),
        ({"verificationStatus": state(CERTAINTY, "refuted")}, False),
        ({"verificationStatus": state(CERTAINTY, "provisional")}, False),
        ({"verificationStatus": state(CERTAINTY, "unconfirmed")}, False),
        ({"abatementDateTime": "2020-01-01"}, False),
    ],
)
def test_a_condition_is_there_or_in_doubt_and_never_ruled_out(more: Table, is_there: bool, only: Any) -> None:
    """What is refuted, over or not sure is in doubt; only what stands without doubt is had."""
    reading = only(condition(**more))
    assert reading.conditions == (("kidney-stones",) if is_there else ())
    assert reading.doubted == (() if is_there else ("kidney-stones",))
    assert not reading.denied
    assert is_there or reading.reason


def test_a_condition_that_is_not_understood_keeps_the_list_open(read: Read, ruleset: RuleSet) -> None:
    """Whoever says that there are no others has still this one, which may be any; what is taken is not touched."""
    for text in ("Frobnication", "no kidney stones", "warfarin", ""):
        regimen = read(condition(text))._replace(closed=Closed(conditions=True))
        facts = facts_of(regimen, ruleset.vocabulary)
        assert facts.truths["conditions:kidney-stones"].is_unknown
        assert facts.truths["vitamin_d3.taken"].is_false
    regimen = read(condition("kidney stones"))._replace(closed=Closed(conditions=True))
    assert facts_of(regimen, ruleset.vocabulary).truths["conditions:sarcoidosis"].is_false
    assert read(condition(verificationStatus=state(CERTAINTY, "entered-in-error"))).readings[1].is_empty


def test_a_condition_of_which_not_all_is_understood_is_in_doubt(only: Any) -> None:
    """What is left over may be graver than what was understood, or turn it round; a stage is understood."""
    assert only(condition("Chronic kidney disease stage 3 (disorder)")).conditions == ("kidney-disease",)
    reading = only(condition("Chronic kidney disease grade 3 (disorder)"))
    assert reading.doubted == ("kidney-disease",)
    assert "grade 3" in reading.reason
    assert reading.hidden_kinds == ("condition",)
    assert not reading.hides_something


def test_a_blood_value_is_read_with_its_day(only: Any) -> None:
    """By the words of the test, its unit and its day; a LOINC name counts where its words are known."""
    reading = only(observation(valueQuantity={"value": 2.5}, effectiveDateTime="2026-11-02T08:00:00Z"))
    assert reading.labs == (Lab("inr", Decimal("2.5"), "INR 2.5", date(2026, 11, 2)),)
    for sign in ("<", "<=", ">=", ">"):
        (bound,) = only(observation("INR", valueQuantity={"value": 8, "comparator": sign})).labs
        assert (bound.value, bound.comparator, bound.text) == (Decimal(8), sign, f"INR {sign}8")
    loinc = concept("", ("http://loinc.org", "17861-6", "Calcium [Mass/volume] in Serum or Plasma"))
    (lab,) = only(observation(code=loinc, valueQuantity=quantity(9.5, "mg/dL", "mg/dL"))).labs
    assert (lab.id, lab.value) == ("calcium-blood", Decimal("9.5"))
    long = "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula (MDRD)"
    (lab,) = only(observation(long, valueQuantity=quantity(45, "mL/min/{1.73_m2}", "mL/min/{1.73_m2}"))).labs
    assert (lab.id, lab.value) == ("egfr", Decimal(45))


@pytest.mark.parametrize(
    "table",
    [
        observation("25-OH-D", valueQuantity=quantity(40, "mg/L")),
        observation("25-OH-D", valueQuantity=quantity(40, "ng/mL", "nmol/L")),
        observation("25-OH-D", valueQuantity={"value": 40}),
        observation("25-OH-D", valueQuantity=quantity(40, "ng/mL") | {"comparator": "ad"}),
        observation("25-OH-D", valueString="high"),
        observation("25-OH-D", dataAbsentReason={"text": "x"}),
        observation("25-OH-D", "registered", valueQuantity=quantity(40, "ng/mL")),
        observation("25-OH-D", "cancelled", valueQuantity=quantity(40, "ng/mL")),
        observation("25-OH-D", focus=[{"reference": "Patient/z"}], valueQuantity=quantity(40, "ng/mL")),
        observation("25-OH-D", modifierExtension=[{"url": "x"}], valueQuantity=quantity(40, "ng/mL")),
        observation("Blorb", valueQuantity=quantity(40, "ng/mL")),
        observation("", valueQuantity=quantity(40, "ng/mL")),
        observation("calcium", valueQuantity=quantity(40, "ng/mL")),
        observation("warfarin", valueString="5 mg daily"),
        observation("no other medicines", valueBoolean=True),
    ],
)
def test_a_value_that_cannot_be_used_may_still_be_there(table: Table, read: Read, ruleset: RuleSet) -> None:
    """No value is taken from it, and no rule is told that there is none; nothing of it is taken."""
    regimen = read(table)
    facts = facts_of(regimen, ruleset.vocabulary)
    assert not regimen.all_labs
    assert facts.truths["lab.25_oh_d_said"].is_unknown
    assert not regimen.readings[1].items
    assert regimen.readings[1].reason
    assert regimen.all_closed == Closed()


def test_other_observations_hide_no_blood_value(read: Read, ruleset: RuleSet) -> None:
    """A body height that says that it is a vital sign is none of the tests."""
    category = [{"coding": [{"code": "vital-signs"}]}]
    regimen = read(observation("Body height", category=category, valueQuantity=quantity(170, "cm")))
    assert facts_of(regimen, ruleset.vocabulary).truths["lab.25_oh_d_said"].is_false


@pytest.mark.parametrize("kind", ["Procedure", "Flag", "ServiceRequest"])
def test_what_is_told_aside_may_tell_of_a_health_problem(kind: str, read: Read, ruleset: RuleSet) -> None:
    """A dialysis is not counted away, and nobody's word that there is nothing else makes it a no."""

    def of(name: str, status: str = "completed") -> Regimen:
        return read({"resourceType": kind, "id": "x", "status": status, "code": concept(name)})

    for name in ("Hemodialysis", "Renal dialysis (procedure)"):
        told = of(name)
        assert any(f"told by a {kind} only" in one.reason and name[:6] in one.text for one in told.readings)
        closed = told._replace(readings=(*told.readings, Reading("", "ignore", closed=Closed(conditions=True))))
        assert facts_of(closed, ruleset.vocabulary).truths["conditions:severe-kidney-disease"].is_unknown
    assert any(one.hides_something for one in of("Infusion of zoledronic acid").readings)
    for regimen in (of("Colonoscopy"), of("Hemodialysis", "not-done")):
        assert [one.text for one in regimen.readings if one.outcome == "ask"] == []


@pytest.mark.parametrize(
    "table",
    [
        {"resourceType": "Device", "id": "x", "status": "active", "type": {"text": "Mechanical heart valve"}},
        {"resourceType": "DeviceUseStatement", "id": "x", "status": "active", "device": {"display": "Mechanical heart valve"}},
    ],
    ids=["device", "use"],
)  # fmt: skip
def test_a_device_may_tell_of_a_health_problem(table: dict[str, Any], read: Read, ruleset: RuleSet) -> None:
    """A heart valve that is a device puts the condition in doubt, whatever somebody says of the rest."""
    told = read(table)
    closed = told._replace(readings=(*told.readings, Reading("", "ignore", closed=Closed(conditions=True))))
    assert facts_of(closed, ruleset.vocabulary).truths["conditions:mechanical-heart-valve"].is_unknown
    assert any("Mechanical heart valve" in one.text for one in told.readings)


def test_a_pregnancy_counts_on_its_day_only(read: Read) -> None:
    """True or false, of the day of the check or without a day; in other words or of another day it is not used."""

    def person(**fields: Any) -> Person:
        return read(observation("pregnant", **fields)).whole_person._replace(age=None, sex=None)

    assert person(valueBoolean=True) == Person(pregnant=True)
    assert person(valueBoolean=False, effectiveDateTime="2026-11-20") == Person(pregnant=False)
    assert person(valueBoolean=True, effectiveDateTime="2025-01-01") == Person()
    assert person(valueBoolean=False, effectiveDateTime="2025-01-01") == Person()
    assert person(valueCodeableConcept={"text": "maybe"}) == Person()
    assert person(valueBoolean=True, status="entered-in-error") == Person()


# --- the file


def test_everything_that_is_not_used_is_listed(read: Read) -> None:
    """Each resource is named with a reason, and what may be about something taken may hold anything."""
    others = [{"resourceType": "AllergyIntolerance", "id": f"a{n}", "patient": SUBJECT} for n in range(9)]
    administered = {"resourceType": "MedicationAdministration", "id": "ma", "subject": SUBJECT}
    regimen = read(*others, {"resourceType": "Immunization", "id": "i", "patient": SUBJECT}, administered, {"resourceType": "Foo", "id": "f"})  # fmt: skip
    said = {reading.text: reading for reading in regimen.readings[1:]}
    assert list(said) == [
        "MedicationAdministration/ma", "Foo/f", "AllergyIntolerance: a0, a1, a2, a3, a4, a5, and 3 more", "Immunization: i",
    ]  # fmt: skip
    assert [reading.hides_something for reading in said.values()] == [True, True, False, False]
    assert "not a medicine taken" in said["Immunization: i"].reason
    assert all(reading.reason for reading in said.values())


def test_what_is_alike_is_listed_in_one_line(read: Read) -> None:
    """A thousand body heights are one line, and none of them hides another kind of observation."""
    heights = [observation("Body height", id=f"h{n}") for n in range(1000)]
    (line, other) = read(*heights, observation("Blorb", id="b"), condition("Frobnication")).readings[1:]
    assert line.text == "Condition: Frobnication (c)"
    assert other.text == "Observation: Body height (h0, and 999 more), Blorb (b)"


def test_a_person_whose_record_may_mean_something_else_is_not_used(read: Read) -> None:
    """An extension that may turn a Patient round leaves age and sex open; one of the whole Bundle is an error."""
    assert read(PATIENT | {"modifierExtension": [{"url": "x"}]}).whole_person == Person()
    assert "died" in read(PATIENT | {"deceasedBoolean": True}).readings[0].reason
    with pytest.raises(DosenoteError, match="may mean something else"):
        read(bundle(implicitRules="http://x"))


def test_bundles_of_every_readable_type_and_single_resources_are_read(reader: Reader) -> None:
    """Also the transactions that make test patients, and one resource alone; a byte order mark is no matter."""
    for kind in ("collection", "searchset", "document", "transaction", "batch"):
        regimen = read_regimen(json.dumps(bundle(statement(), kind=kind)), "f", reader, DAY)
        assert [item.substance for _, item in regimen.items()] == ["warfarin"]
    alone = read_regimen("\ufeff" + json.dumps(statement()), "f", reader, DAY)
    assert [item.substance for _, item in alone.items()] == ["warfarin"]


@pytest.mark.parametrize(
    "table",
    [
        bundle(kind="searchset", link=[{"relation": "next", "url": "http://x"}]),
        {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:uuid:1"}]},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": statement(), "request": {"method": "DELETE"}}]},
        bundle(bundle(statement())),
        bundle(kind="searchset", total=50),
        bundle({"resourceType": "OperationOutcome", "id": "x", "issue": [{"severity": "warning"}]}, kind="searchset"),
    ],
)  # fmt: skip
def test_a_part_that_is_missing_may_hold_anything(table: Table, read: Read) -> None:
    """Another page, an entry without a resource, a Bundle in a Bundle: nothing is ruled out."""
    assert any(reading.hides_something for reading in read(table).readings)


@pytest.mark.parametrize(
    "table, where",
    [
        (bundle(PATIENT, PATIENT | {"id": "q"}), "Bundle.entry[1].resource: there are two Patients"),
        (bundle(statement(subject={"reference": "Patient/q"})), "Bundle.entry[1].resource: it is about Patient/q"),
        (bundle(PATIENT, {"resourceType": "Immunization", "id": "i", "patient": {"reference": "Patient/q"}}), "Patient/q"),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": statement()}, {"resource": statement(subject={"reference": "Patient/q"}, id="2")}]}, "two people"),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": statement(subject={"reference": "http://a/Patient/p"})}, {"resource": condition(subject={"reference": "http://b/Patient/p"})}]}, "two people"),
        (bundle(statement(), statement("digoxin")), "two resources MedicationStatement/s that differ"),
        (bundle(kind="history"), 'a Bundle of type "history"'),
        ({"resourceType": "Bundle"}, "Bundle.type: the type is missing"),
        ({"resourceType": ""}, "the type of the resource is missing"),
        ({"resourceType": "Bundle", "type": "collection", "entry": {}}, "Bundle.entry: a list"),
        ({"resourceType": "Bundle", "type": "collection", "entry": ["x"]}, "Bundle.entry[0]: an object"),
        (bundle(statement(status=3)), "Bundle.entry[1].resource.status: text"),
        (bundle(statement("warfarin", dosage(None, DAILY | {"frequency": "two"}))), "resource.dosage[0].timing.repeat.frequency: a whole number"),
        (bundle(statement("warfarin", dosage(quantity("5")))), "doseQuantity.value: a number"),
        (bundle(statement(effectivePeriod={"start": "soon"})), 'effectivePeriod.start: "soon" is not a date'),
        (bundle(statement(effectivePeriod={"start": "2026-02-01", "end": "2026-01-01"})), "the end is before the start"),
        (bundle(PATIENT | {"birthDate": "1959-13-45"}), "birthDate"),
    ],
)  # fmt: skip
def test_a_malformed_file_or_a_mixture_is_an_error_with_its_place(table: Table, where: str, read: Read) -> None:
    """Two people are never mixed, and a mistake is named with the file and the place in it."""
    with pytest.raises(DosenoteError) as error:
        read(table)
    assert "f.json: " in str(error.value)
    assert where in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceType": "Bundle", "type": "collection", "x": ' + '{"a":' * 100_000,
        '{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": ' + '{"a":' * 960 + "1" + "}" * 962 + "]}",
        '{"resourceType": "Bundle", "resourceType": "Bundle"}',
        '{"resourceType": "Bundle", "type": "collection"',
        '<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>',
        '{"resourceType": "Observation", "status": "final", "code": {"text": "INR"}, "subject": {"reference": "P/1"}, "valueQuantity": {"value": NaN}}',
    ],
)  # fmt: skip
def test_nonsense_is_an_error_of_ours(text: str, reader: Reader) -> None:
    """Too deep, doubled, cut off, or not a number: no traceback."""
    with pytest.raises(DosenoteError):
        read_regimen(text, "f", reader, DAY)


def test_resources_without_a_subject_are_nobodys(read: Read) -> None:
    """What does not say whose it is may be somebody else's: it is not used, and rules nothing out."""
    for table in (statement(), condition(), observation(valueQuantity={"value": 2.5})):
        for subject in ({}, {"display": "somebody"}, {"reference": "Group/1"}):
            reading = read(table | {"subject": subject}).readings[1]
            assert reading.items == reading.conditions == reading.labs == ()
            assert reading.hides_something
            assert "whose" in reading.reason or "not about a person" in reading.reason


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every field and entry in JSON."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*at, key)
        yield from paths(inner, (*at, key))


WHOLE = bundle(
    statement(concept("warfarin", (RXNORM, "11289", "warfarin")), dosage(quantity(5, "mg", "mg"), DAILY, "5 mg daily"), id="1"),
    statement("K2 MK-7", dosage(quantity(100, "ug", "mcg"), DAILY), id="2", effectivePeriod={"start": "2026-11-01"}),
    statement("vitamin D3", dosage(None, DAILY, doseAndRate=[{"doseRange": {"low": quantity(125, "ug"), "high": quantity(250, "ug")}}]), id="3"),
    request("digoxin", dosage(text="1 tablet daily"), id="4"),
    condition("sarcoidosis", clinicalStatus=state(CLINICAL, "active"), verificationStatus=state(CERTAINTY, "confirmed")),
    observation("25-OH-D", valueQuantity=quantity(160, "ng/mL", "ng/mL"), effectiveDateTime="2026-11-01"),
)  # fmt: skip


def test_a_field_that_is_lost_never_turns_a_finding_into_a_no(read: Read, ruleset: RuleSet) -> None:
    """Whatever field is dropped from a resource, what was raised stays raised, cannot be told, or is an error."""
    before = outcomes(read(WHOLE), ruleset)
    assert list(before.values()).count("raised") > 5
    for path in paths(WHOLE):
        if len(path) < 4 or path[2] != "resource":
            continue  # an entry that is not there at all was never said
        less = copy.deepcopy(WHOLE)
        inside = less
        for key in path[:-1]:
            inside = inside[key]
        del inside[path[-1]]
        try:
            after = outcomes(read(less), ruleset)
        except DosenoteError:
            continue
        lost = {rule for rule, outcome in after.items() if outcome == "not-raised" and before[rule] == "raised"}
        if path[3:] in (("birthDate",), ("gender",), ("effectivePeriod",), ("effectivePeriod", "start")):
            continue
        assert not lost, (path, lost)


@pytest.mark.parametrize(
    "nonsense", [None, "", "zzz", "\x00\u202e", 0, -1, 10**400, 1.5, True, [], [None], {}, {"a": 1}]
)
def test_nonsense_in_any_field_is_read_or_refused(nonsense: Any, read: Read, ruleset: RuleSet) -> None:
    """A field of any type in any place gives a report or an error of ours, never another exception."""
    for path in paths(WHOLE):
        table = copy.deepcopy(WHOLE)
        inside = table
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = nonsense
        with suppress(DosenoteError):
            facts_of(read(table), ruleset.vocabulary)


# --- there and back


def trip(table: Table, reader: Reader, ruleset: RuleSet) -> tuple[dict[str, str], dict[str, str]] | None:
    """Every outcome before and after a regimen went through FHIR; None where the person contradicts themselves."""
    before = read_regimen(json.dumps(table), "f", reader)._replace(as_of=DAY)
    try:
        report = build_report(before, ruleset, "us")
    except DosenoteError:
        return None
    after = read_regimen(render(report), "back", reader, DAY)
    return outcomes(before, ruleset), outcomes(after, ruleset)


@st.composite
def regimens(draw: st.DrawFn) -> Table:
    """A regimen of lines of every kind, with dates, medicines, conditions, foods, labs and a person."""
    dated = st.fixed_dictionaries(
        {"line": st.sampled_from(LINES)},
        optional={"started": st.sampled_from(["2020-01-01", "2026-11-10"]), "stopped": st.sampled_from(["2026-11-19", "2026-12-24"])},
    )  # fmt: skip
    more = {name: st.lists(st.sampled_from(choices), min_size=1, max_size=2, unique=True) for name, choices in
            (("medicines", MEDICINES), ("conditions", CONDITIONS), ("foods", FOODS), ("labs", LABS))}  # fmt: skip
    flags = dict.fromkeys(("no_other_medicines", "no_conditions", "no_other_foods"), st.just(True))
    ages = st.sampled_from([0.5, 3, 16, 40, 67])
    person = st.fixed_dictionaries({}, optional={"age": ages, "sex": st.just("female"), "pregnant": st.booleans()})
    items = st.lists(st.one_of(st.sampled_from(LINES), dated), max_size=4)
    found: Table = draw(st.fixed_dictionaries({"items": items}, optional={**more, **flags, "person": person}))
    return found


@pytest.mark.parametrize(
    "line",
    [
        "D3 1000 IU daily, age 150",  # an amount that is not used
        "D3 1000 IU @ 2 daily",  # what is Markdown in a note is written so that it says just that
        "D3 1000 IU daily, stopped K2",  # something else was stopped
        "D3 10000 IU every other Monday",
        "Vitamine D3 800 UI : 4 gouttes par jour (300 UI/goutte)",  # two that do not agree
        "Adcal-D3 caplets 2 twice a day, aspirin 75 mg",  # what a caplet holds, and "hold" may mean not to take it
    ],
)
def test_what_we_said_of_a_line_leaves_no_doubt_that_it_is_taken(line: str, reader: Reader, ruleset: RuleSet) -> None:
    """How much it is may not be known any more; that it is taken is."""
    both = trip({"items": [line], "labs": ["25-OH-D 160 ng/mL"]}, reader, ruleset)
    assert both is not None
    assert both[1]["very-high-25-oh-d-with-vitamin-d"] == both[0]["very-high-25-oh-d-with-vitamin-d"] == "raised"
    assert both[1]["very-high-25-oh-d-after-vitamin-d"] == "not-raised"


def test_a_condition_that_a_line_tells_beside_a_dose_is_there_and_back_the_same(
    reader: Reader, ruleset: RuleSet
) -> None:
    """ "After dialysis" beside a dose: the note that repeats the line puts the condition in no doubt."""
    told = {"items": ["calcium carbonate 1250 mg 3 times a week after dialysis"], "labs": ["eGFR 25"]}
    both = trip(told, reader, ruleset)
    assert both is not None
    assert both[0]["calcium-with-severe-kidney-disease"] == both[1]["calcium-with-severe-kidney-disease"] == "raised"
    assert both[0]["very-low-egfr-with-calcium"] == both[1]["very-low-egfr-with-calcium"] == "not-raised"


def test_a_piece_that_is_named_like_another_line_may_still_be_anything(reader: Reader, ruleset: RuleSet) -> None:
    """Of what was not understood in one line, that the same word stands as a line of its own says nothing."""
    told = ["Adcal-D3 caplets 2 twice a day instead of warfarin", "warfarin"]
    both = trip({"items": told}, reader, ruleset)
    assert both is not None
    assert both[0]["mk-7-with-vitamin-k-antagonist"] == both[1]["mk-7-with-vitamin-k-antagonist"] == "cannot-tell"


@pytest.mark.parametrize("more", ["", " stopped last week", ", 2,000 IU"])
def test_a_note_that_begins_like_ours_and_goes_on_is_somebodys(
    more: str, reader: Reader, only: Callable[..., Reading]
) -> None:
    """Who copies the words of our note and writes on is heard."""
    line = "K2 MK-7 100 mcg daily, age 150"
    notes = [{"text": text} for text in (f'As entered: "{line}"', f"{reader.read(line).reason}{more}")]
    (item,) = only(statement("K2 MK-7", note=notes)).items
    assert item.is_taken is (more == "")


@cases(120)
@given(table=regimens())
def test_what_fhir_cannot_carry_becomes_unknown_and_never_no(table: Table, reader: Reader, ruleset: RuleSet) -> None:
    """A regimen written as FHIR and read again has the same outcomes, or some that cannot be told any more."""
    both = trip(table, reader, ruleset)
    for rule in both[0] if both else ():
        assert both is not None
        assert both[1][rule] in (both[0][rule], "cannot-tell"), rule


@cases(150)
@given(data=st.data())
def test_numbers_and_words_of_one_dosage_give_the_same_facts(
    data: st.DataObject, read: Read, reader: Reader, ruleset: RuleSet
) -> None:
    """Whatever the amount, the unit and how often: plausible or not, it is read as the line that says the same."""
    name = data.draw(
        st.sampled_from(["vitamin D3", "calcium", "K2 MK-7", "calcium citrate", "vitamin D", "magnesium", "warfarin"])
    )
    value = data.draw(st.sampled_from([0.5, 2.5, 5, 25, 100, 125, 500, 1250, 5000, 50000]))
    code, unit = data.draw(st.sampled_from([("ug", "mcg"), ("mg", "mg"), ("g", "g"), ("[IU]", "IU")]))
    low, period = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    high = data.draw(st.sampled_from([None, low + 1]))
    of, word = data.draw(st.sampled_from([("h", "hours"), ("d", "days"), ("wk", "weeks"), ("mo", "months")]))
    needed = data.draw(st.booleans())
    repeat = {"frequency": low, "period": period, "periodUnit": of} | ({"frequencyMax": high} if high else {})
    told = dosage(quantity(value, code), repeat, **({"asNeededBoolean": True} if needed else {}))
    many = f"{low} to {high}" if high else f"{low}"
    line = f"{name} {value} {unit} {'as needed ' if needed else ''}{many} times every {period} {word}"
    mine, theirs = (facts_of(one, ruleset.vocabulary) for one in (read(statement(name, told)), same(reader, line)))
    assert mine.truths == theirs.truths
    for fact, interval in theirs.intervals.items():
        assert mine.intervals[fact].low == pytest.approx(interval.low), fact
        assert mine.intervals[fact].high == pytest.approx(interval.high), fact


def test_a_medication_named_twice_in_its_name_is_left_open(read: Read, ruleset: RuleSet) -> None:
    """ "K2 100 mcg MK-7 180 mcg" may be two: the one whose form is not said must not be forgotten."""
    found = outcomes(read(statement("K2 100 mcg MK-7 180 mcg daily")), ruleset)
    assert found["mk-4-with-vitamin-k-antagonist"] == "cannot-tell"
    assert found["mk-7-with-vitamin-k-antagonist"] == "cannot-tell"


@cases(150)
@given(line=st.sampled_from(LINES), is_parted=st.booleans())
def test_any_words_as_a_medication_are_read_as_a_line_or_left_open(
    line: str, is_parted: bool, read: Read, reader: Reader, ruleset: RuleSet
) -> None:
    """Whatever stands in the name or the instructions: the answers of the line, or some that cannot be told."""
    said, items = reader.read(line).person, reader.read(line).items
    assume(said.sex != "male" and said.age in (None, 67))  # the person of the file is a woman of 67
    is_twice = len({item.substance for item in items}) < len(items)
    assume(
        not (is_parted and is_twice)
    )  # instructions that name the medication again speak of it; a line perhaps of two
    assume(
        " 8 hr tablet" not in line
    )  # in the name of a product that is how long it lasts, in a line perhaps how often
    name, _, rest = line.partition(" ") if is_parted else (line, "", "")
    after = outcomes(read(statement(name, *([dosage(text=rest)] if rest else []))), ruleset)
    for rule, before in outcomes(same(reader, line), ruleset).items():
        assert after[rule] in (before, "cannot-tell"), rule


@pytest.mark.parametrize(
    "lines",
    [
        ["vitamin D3 5000 IU daily with food", "K2 MK-7 100 mcg 3 times a week", "warfarin 5 mg daily", "calcium 500-1000 mg twice a day"],
        ["vitamin D3 50,000 IU once a month", "no warfarin", "stopped vitamin K1", "calcium 500 mg as needed, max 2 a day"],
        ["calcium carbonate 1250 mg twice a day", "blorbium 3 mg", "multivitamin", "blood thinner", "25-OH-D 160 ng/mL", "sarcoidosis"],
        ["vitamin D3 20,000 IU daily", "vitamin D3 1000 IU on Mon, Thu", "INR 2.5", "eGFR 25", "calcium 600 mg + D3 400 IU daily"],
    ],
)  # fmt: skip
def test_what_fhir_can_carry_comes_back(lines: list[str], reader: Reader, ruleset: RuleSet) -> None:
    """Amounts, times, statuses, blood values, conditions and the person are all there again."""
    person = {"age": 67, "sex": "female", "pregnant": False}
    both = trip({"items": lines, "person": person}, reader, ruleset)
    assert both is not None
    assert both[0] == both[1]


# --- on the command line


def test_check_reads_a_bundle_and_says_what_it_did_not_use(tmp_path: Path) -> None:
    """A person sees how each resource was read; --as-of is the day of the age; a mistake ends with its place."""
    path = tmp_path / "patient.json"
    held = (statement(), statement("K2 MK-7 100 mcg daily", id="k"), condition("Frobnication"))
    path.write_text(json.dumps(bundle(*held)), "utf-8")

    def check(*words: str, stdin: str = "") -> tuple[int, str]:
        command = [sys.executable, "-m", "dosenote", "check", *words]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = check("-f", str(path), "--as-of", "2026-11-20")
    assert code == 1
    assert "67 years old" in said
    assert "CALL FIRST: MK-7 (vitamin K2) with a blood thinner" in said
    assert "Frobnication (c)" in said
    code, said = check("-f", "-", stdin=json.dumps(bundle(*held, PATIENT, PATIENT | {"id": "q"})))
    assert code == 2
    assert "standard input: Bundle.entry[4].resource: there are two Patients" in said
    assert "Traceback" not in said


def test_a_fhir_file_is_not_edited(reader: Reader) -> None:
    """Where a list is to be changed and written again, FHIR is refused with a word on what reads it."""
    with pytest.raises(DosenoteError, match="this is FHIR"):
        read_file(json.dumps(statement()), "f")


# --- odd files, labs and persons: the careful reading


@pytest.mark.parametrize(
    "text",
    [
        '[\n  {\n    "resourceType": "MedicationStatement",\n    "status": "not-taken",\n'
        '    "medicationCodeableConcept": {\n      "text": "warfarin 5 mg daily"\n    }\n  }\n]',
        '[{"resourceType": "Patient"}]',
        '[\n"warfarin 5 mg daily"\n]',
        "[]",
        '[\n{"text": "vitamin K2',
        '[[{"text": "warfarin"}]]',
        'resources:\n{"resourceType": "Patient"}',
    ],
)
def test_a_list_or_a_piece_of_json_is_never_plain_lines(text: str, reader: Reader) -> None:
    """What is told there not to be taken must not be counted as taken, so it is an error."""
    with pytest.raises(DosenoteError):
        read_regimen(text, "f.json", reader, DAY)
    with pytest.raises(DosenoteError):
        read_file(text, "f.json")


def test_what_is_wrong_with_a_file_is_said(reader: Reader) -> None:
    """One object a line and a Bundle without its type are named, with what can be done."""
    lines = '{"resourceType": "Patient", "id": "p"}\n{"resourceType": "Patient", "id": "q"}\n'
    with pytest.raises(DosenoteError, match="one object of JSON on each line") as error:
        read_regimen(lines, "f.json", reader, DAY)
    assert "dosenote batch" in error.value.hint
    with pytest.raises(DosenoteError, match="resourceType"):
        read_regimen('{"type": "collection", "entry": [{"resource": {"resourceType": "X"}}]}', "f", reader, DAY)


@pytest.mark.parametrize(
    "table",
    [
        {"resourceType": "Encounter", "contained": [statement("vitamin K2 MK-7")]},
        {"resourceType": "ExplanationOfBenefit", "contained": [request("vitamin K2 MK-7")]},
        {"resourceType": "DiagnosticReport", "contained": [observation()]},
        {"resourceType": "CarePlan", "activity": [{"detail": {"productCodeableConcept": {"text": "vitamin K2"}}}]},
        {"resourceType": "Claim", "contained": [{"resourceType": "Medication", "code": {"text": "vitamin K2"}}]},
        statement("vitamin D3", contained=[{"resourceType": "Patient", "id": "q", "birthDate": "2026-01-01"}]),
        observation(valueQuantity={"value": 2.5}, contained=[statement("vitamin K2 MK-7")]),
    ],
)
def test_what_is_inside_a_resource_that_does_not_use_it_may_be_anything(table: Table, read: Read) -> None:
    """It is said, with the type of what is inside, and it keeps every list open."""
    regimen = read({"id": "x", **table})
    (found,) = [reading for reading in regimen.readings if reading.hides_something]
    assert "of its own" in found.reason
    assert table["resourceType"] in found.text
    assert not any(item.substance.startswith("vitamin-k") for reading in regimen.readings for item in reading.items)


NG = quantity(40, "ng/mL")
FUTURE, PART = {"effectiveDateTime": "2031-01-01"}, {"effectiveDateTime": "2009-05"}


@pytest.mark.parametrize(
    "table, said",
    [
        (observation("25-OH-D", valueQuantity=quantity(150, "ng/mL") | {"comparator": "ad"}), "ad150 ng/mL"),
        (observation("25-OH-D", valueQuantity=quantity(40, "mg/L")), "40 mg/L"),
        (observation("25-OH-D", "registered"), "registered"),
        (observation("25-OH-D", "preliminary"), "no value"),
        (observation("25-OH-D", valueQuantity=NG, modifierExtension=[{"url": "x"}]), "modifierExtension"),
        (observation("25-OH-D", valueQuantity=NG, component=[{"code": {"text": "x"}}]), "more values"),
        (observation("Blood panel", component=[{"code": {"text": "25-OH-D"}, "valueQuantity": NG}]), "not used"),
        (observation("25-OH-D", valueQuantity=NG, dataAbsentReason={"text": "error"}), "no value"),
        (observation("25-OH-D", valueQuantity=NG, valueString="high"), "more values"),
        (observation("25-OH-D", valueQuantity=NG, specimen={"display": "Urine, 24 h"}), "Urine"),
        (observation("25-OH-D", valueQuantity=NG, **FUTURE), "to come"),
        (observation("25-OH-D", valueQuantity=NG, **PART), "part of its date"),
        (observation("25-OH-D", valueQuantity=NG, effectivePeriod={"start": "2026-01-01"}), "not clear"),
        (observation("25-OH-D", valueQuantity=NG, effectiveTiming={"event": ["2026-01-01"]}), "not clear"),
        (observation("25-OH-D", valueQuantity=NG, effectiveInstant="2026-01-01", **PART), "not clear"),
        (observation("25-Hydroxyvitamin D3 [Mass/volume] in Serum or Plasma", valueQuantity=NG), "D2 or D3"),
        (observation("25-Hydroxyvitamin D2 [Mass/volume] in Serum or Plasma", valueQuantity=NG), "not used"),
        (observation("25-hydroxyvitamin D2+25-Hydroxyvitamin D3 [Mass/volume] in Serum", valueQuantity=NG), "not used"),
        (observation("Vitamin D [Mass/volume] in Serum by Immunoassay", valueQuantity=NG), "not used"),
        (observation("Vitamin D", valueQuantity=NG), '"40 ng/mL": its name does not say which'),
        (
            observation("Panel", component=[{"code": {"text": "25-OH-D"}, "valueQuantity": NG}]),
            "values of its components",
        ),
    ],
)
def test_a_value_that_cannot_be_used_puts_its_test_in_doubt(table: Table, said: str, only: Any) -> None:
    """Whenever the name says which test it is, and with the reason in words."""
    reading = only(table)
    assert not reading.labs
    assert "25-oh-d" in reading.doubted
    assert said in reading.reason


def test_a_test_of_something_else_puts_none_in_doubt(only: Any) -> None:
    """Calcium in urine, an ionised one, or what was entered in error says nothing of calcium in blood."""
    for name in ("Calcium [Mass/volume] in Urine", "Calcium.ionized [Moles/volume] in Serum or Plasma"):
        assert "calcium-blood" not in only(observation(name, valueQuantity=quantity(9, "mg/dL"))).doubted
    reading = only(observation("25-OH-D", "entered-in-error", valueQuantity=NG))
    assert reading.is_empty
    assert not reading.hidden_kinds


@pytest.mark.parametrize(
    "name, told, value",
    [
        ("INR", quantity(6, "{INR}", "INR"), ("inr", 6)),
        ("INR", quantity(6, "{ratio}"), ("inr", 6)),
        ("INR", quantity(6, unit="INR"), ("inr", 6)),
        ("eGFR", quantity(12, "mL/min/{1.73_m2}", "mL/min/1.73 m2"), ("egfr", 12)),
        ("eGFR", quantity(12, "mL/min/{1.73_m2}", "mL/min/1.73m²"), ("egfr", 12)),
        ("Serum calcium", quantity(14, "mg/dL", "MG/DL"), ("calcium-blood", 14)),
        ("Vitamin D, 25-Hydroxy, Total", quantity(40, "ng/mL"), ("25-oh-d", 40)),
    ],
)
def test_units_and_names_as_laboratories_write_them(name: str, told: Table, value: tuple[str, int], only: Any) -> None:
    """Case and blanks of a word do not matter where the code of UCUM is known."""
    (lab,) = only(observation(name, valueQuantity=told)).labs
    assert (lab.id, lab.value) == value


@pytest.mark.parametrize(
    "fields",
    [
        {"effectivePeriod": {"start": "2026-10-31", "end": "2026-11-01"}},
        {"effectiveInstant": "2026-11-01T08:00:00.000Z"},
        {"issued": "2026-11-01T08:00:00.000Z"},
        {"effectiveDateTime": "2026-11-01", "issued": "2026-11-03T08:00:00.000Z"},
    ],
)
def test_every_kind_of_moment_gives_the_day_of_a_value(fields: Table, only: Any) -> None:
    """The end of a period, an instant, or when it was issued where nothing else is said."""
    (lab,) = only(observation("25-OH-D", valueQuantity=NG, **fields)).labs
    assert lab.taken_on == date(2026, 11, 1)


def test_a_specimen_of_the_file_is_looked_up(read: Read) -> None:
    """A value of a specimen that is no blood is in doubt, and one of serum counts."""
    for name, is_used in (("Serum specimen", True), ("Urine specimen", False)):
        specimen = {"resourceType": "Specimen", "id": "sp", "subject": SUBJECT, "type": {"text": name}}
        regimen = read(observation("Serum calcium", valueQuantity=quantity(9, "mg/dL"), specimen={"reference": "Specimen/sp"}), specimen)  # fmt: skip
        assert bool(regimen.all_labs) == is_used


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"effectiveDateTime": "2026"},
        {"effectiveDateTime": "2026-11-21"},
        {"effectiveDateTime": "2026-11-20", "dataAbsentReason": {"text": "asked-unknown"}},
        {"effectiveDateTime": "2026-11-20", "note": [{"text": "last period is late"}]},
        {"effectiveDateTime": "2026-11-20", "code": concept("Pregnant", ("x", "y", "Pregnant in the last 12 months"))},
    ],
)
def test_not_pregnant_needs_its_day_and_nothing_odd(fields: Table, read: Read) -> None:
    """Everything else leaves it open, and says why."""
    regimen = read(observation("pregnant", **{"valueBoolean": False, **fields}))
    assert regimen.whole_person.pregnant is None
    assert regimen.readings[1].reason


def test_a_name_of_ten_thousand_blanks_is_read_at_once(read: Read) -> None:
    """Runs of blanks count as one, and a name without an end is not read."""
    blanks = "a" + " " * 60_000 + "b"
    regimen = read(observation(blanks), condition(blanks), observation("a b " * 20_000, id="o2"))
    assert all(len(reading.text) < 200 for reading in regimen.readings)


@pytest.mark.parametrize(("mode", "is_whole"), [("include", False), ("outcome", False), ("match", True)])
def test_what_is_included_does_not_make_a_search_whole(mode: str, is_whole: bool, read: Read) -> None:
    """The total is that of what was found, so entries beside it do not fill the place of what is missing."""
    table = bundle({"resourceType": "Practitioner", "id": "x"}, kind="searchset", total=2)
    table["entry"][1]["search"] = {"mode": mode}
    regimen = read(table)
    assert ("the rest of the Bundle" in [reading.text for reading in regimen.readings]) != is_whole


@pytest.mark.parametrize(
    "more",
    [
        {"category": [{"text": "Family history"}]},
        {"category": [{"coding": [{"code": "family-history"}]}]},
        {"note": [{"text": "her mother has it"}]},
    ],
)
def test_a_condition_of_the_family_or_with_a_note_is_in_doubt(more: Table, only: Any) -> None:
    """It is neither counted nor ruled out, and a note is shown."""
    reading = only(condition(**more))
    assert (reading.doubted, reading.conditions) == (("kidney-stones",), ())
    assert more.get("note", [{"text": "family"}])[0]["text"] in reading.reason


def test_a_note_that_repeats_the_condition_is_no_doubt(only: Any) -> None:
    """What is written into FHIR with the line as it was typed comes back; a line that says more does not."""
    said = [{"text": 'As entered: "kidney stones"'}]
    assert only(condition(note=said)).conditions == ("kidney-stones",)
    said = [{"text": 'As entered: "no kidney stones"'}]
    assert only(condition(note=said)).doubted == ("kidney-stones",)


@pytest.mark.parametrize(
    "more, is_taken, is_known",
    [
        ({}, True, True),
        ({"note": [{"text": "with meals"}]}, True, True),
        ({"note": [{"text": "Patient stopped this in May, takes 500 mcg of another"}]}, False, False),
        ({"note": [{"text": "She takes two since May"}]}, True, False),
        ({"statusReason": [{"text": "stopped"}]}, False, True),
        ({"note": [{"text": 'As entered: "Vitamin D3 5000 IU daily"'}]}, True, True),
    ],
)
@pytest.mark.parametrize("of", [statement, request])
def test_a_note_is_shown_and_leaves_open_what_it_may_change(
    of: Callable[..., Table], more: Table, is_taken: bool, is_known: bool, only: Any
) -> None:
    """Whether it is taken, or how much; any note is a reason to ask, and one that we wrote ourselves is none."""
    if of is request and "statusReason" in more:
        more = {"statusReason": more["statusReason"][0]}
    reading = only(of("Vitamin D3", dosage(quantity(5000, "[IU]"), DAILY), **more))
    (item,) = reading.items
    assert (item.is_taken, item.amount is not None) == (is_taken, is_known)
    words = [one["text"] for one in more.get("note", [])]
    is_ours = any(text.startswith("As entered") for text in words)
    assert reading.outcome == ("ask" if more and not is_ours else "accept")
    assert is_ours or all(text in reading.reason for text in words)


# --- doses and times told in other ways


def ranged(low: Table | None, high: Table | None, text: str = "") -> Table:
    bounds = {name: end for name, end in (("low", low), ("high", high)) if end is not None}
    return dosage(None, DAILY, text, doseAndRate=[{"doseRange": bounds}])


IU_1000, IU_2000 = quantity(1000, "[IU]"), quantity(2000, "[IU]")


@pytest.mark.parametrize(
    "told, low, high",
    [
        (ranged(IU_1000, IU_2000), 1000, 2000),
        (ranged(IU_1000, IU_2000, "1000-2000 IU daily"), 1000, 2000),
        (ranged(IU_1000, None), 1000, None),
        (ranged(IU_1000, None, "at least 1000 IU daily"), 1000, None),
        (ranged(None, IU_2000), 0, 2000),
    ],
)
def test_a_range_of_doses_is_kept_as_one(told: Table, low: int, high: int | None, only: Any) -> None:
    """An end that is not told is open, and no figure of its own."""
    reading = only(statement("vitamin D3", told))
    assert reading.outcome == "accept"
    assert [(item.amount.low, item.amount.high) for item in reading.items] == [(low, high)]


@pytest.mark.parametrize(
    "told, reason",
    [
        (ranged(IU_1000, IU_2000, "1000 IU daily"), "do not give the same amount"),
        (ranged(IU_1000, None, "1000 IU daily"), "do not give the same amount"),
        (ranged(IU_2000, IU_1000), "its lowest amount is above its highest"),
        (ranged(IU_1000, quantity(50, "ug")), "have different units"),
        (ranged(quantity(1, "{tablet}"), IU_1000), "no amount that can be used"),
        (dosage(None, DAILY, doseAndRate=[{"type": {"text": "ordered"}}]), "not given as an amount"),
        (dosage(None, DAILY, doseAndRate=[{"doseQuantity": IU_1000}, {"doseQuantity": IU_2000}]), "more than one dose"),
        (dosage(None, DAILY, doseAndRate=[{"rateQuantity": quantity(1, "mg/h")}]), "the dose is a rate"),
    ],
)
def test_a_dose_that_is_no_one_amount_is_not_used(told: Table, reason: str, only: Any) -> None:
    """It is said why, and how often stays."""
    reading = only(statement("vitamin D3", told))
    assert [item.amount for item in reading.items] == [None]
    assert times(reading) == (1, 1, 1, "day")
    assert reading.outcome == "ask"
    assert reason.removeprefix("its ") in reading.reason


def typed(kind: str, dose: Table) -> Table:
    return {"type": {"text": kind}, "doseQuantity": dose}


def test_a_dose_that_is_told_in_several_ways_is_one_where_they_agree(only: Any) -> None:
    """As ordered, as worked out, and in pieces, as hospitals write it; of what differs none is used."""

    def amount(*doses: Table) -> Any:
        (item,) = only(statement("vitamin D3", dosage(None, DAILY, doseAndRate=list(doses)))).items
        return item.amount

    ordered, pieces = typed("ordered", IU_1000), typed("admin-amount", quantity(1, unit="capsule"))
    assert amount(typed("calculated", IU_1000), pieces, ordered) == Amount(Decimal(1000), Decimal(1000), "IU")
    assert amount({"type": concept("", ("s", "ordered")), "doseQuantity": IU_1000}, pieces).low == 1000
    assert amount(typed("calculated", IU_2000), ordered) is None
    assert amount(typed("calculated", quantity(1, unit="capsule")), ordered) is None
    assert amount(ordered, ordered) is None
    assert amount(pieces, typed("", IU_1000)) is None


@pytest.mark.parametrize(
    "most, cap",
    [
        ({"numerator": quantity(1200, "mg"), "denominator": quantity(1, "d")}, 1200),
        ({"numerator": quantity(1200, "mg"), "denominator": quantity(1, "wk")}, None),
        ({"numerator": quantity(3, "{tablet}"), "denominator": quantity(1, "d")}, None),
        ({"numerator": quantity(1200, "mg")}, None),
    ],
)
def test_the_most_in_a_day_counts_where_it_is_understood(most: Table, cap: int | None, only: Any) -> None:
    """Else it is said that it was not used, and nothing bounds the amount."""
    reading = only(statement("ibuprofen", dosage(quantity(400, "mg"), asNeededBoolean=True, maxDosePerPeriod=most)))
    assert [item.schedule.max_per_day for item in reading.items] == [cap]
    assert ("the most in a period is not understood" in reading.reason) is (cap is None)


@pytest.mark.parametrize(
    "timing, text, as_needed, expected",
    [
        ({"repeat": {"frequency": 1, "period": 1, "periodMax": 2, "periodUnit": "d"}}, "", False, (1, 2, 2, "day")),
        ({"repeat": {"frequency": 1, "period": 2, "periodMax": 1, "periodUnit": "d"}}, "", False, None),
        ({"event": ["2026-01-01"]}, "", False, None),
        ({"code": {"coding": [{"system": "urn:x", "code": "zz"}]}}, "", False, None),
        ({"repeat": DAILY | {"when": ["MORN"]}, "code": {"text": "twice a day"}}, "", False, None),
        ({"repeat": DAILY | {"frequency": 3}}, "as needed", True, (3, 3, 1, "day")),
        (None, "up to 3 times a day as needed", True, (0, 3, 1, "day")),
        ({"repeat": DAILY | {"dayOfWeek": ["mon", "thu"]}}, "on Mon and Fri", False, None),
    ],
)
def test_how_often_by_numbers_codes_and_words(
    timing: Table | None, text: str, as_needed: bool, expected: tuple[Any, ...] | None, only: Any
) -> None:
    """What one of them says holds, and what they say differently nobody knows."""
    more = ({"asNeededBoolean": True} if as_needed else {}) | ({"timing": timing} if timing else {})
    reading = only(statement("ibuprofen", dosage(quantity(400, "mg"), text=text, **more)))
    assert times(reading) == expected
    assert [item.schedule.as_needed for item in reading.items if item.schedule] == [True] * as_needed + [False] * (
        expected is not None and not as_needed
    )


@pytest.mark.parametrize("text, is_told", [("1 tablet daily", True), ("1 tablet twice a day", False), ("", True)])
def test_numbers_for_several_things_say_only_how_often(text: str, is_told: bool, only: Any) -> None:
    """And that only where the words do not say otherwise."""
    reading = only(statement("Calcium 600 mg + vitamin D3 400 IU", dosage(quantity(1, "{tablet}"), DAILY, text)))
    assert [item.substance for item in reading.items] == ["calcium", "vitamin-d3"]
    assert [item.amount for item in reading.items] == [None, None]
    assert [item.schedule is not None for item in reading.items] == [is_told, is_told]
    assert reading.outcome == "ask"


@pytest.mark.parametrize(
    "note, is_value",
    [("Sample mislabelled, please repeat", False), ("haemolysed", False), ("of another patient?", False),
     ("fasting", True), ("Deficiency is below 20 ng/mL", True), ("As entered: INR 2.5", True)],
)  # fmt: skip
def test_a_note_beside_a_value_is_shown_and_may_put_it_in_doubt(
    read: Read, only: Callable[..., Reading], note: str, is_value: bool
) -> None:
    """A laboratory that says that the sample was mixed up has told no value; whatever it says is shown."""
    table = observation("INR", valueQuantity=quantity(2.5, "{INR}"), note=[{"text": note}])
    reading = only(table)
    assert bool(reading.labs) is is_value
    assert ("inr" in reading.doubted) is not is_value
    assert (f'it has a note, "{note}"' in reading.reason) is not note.startswith("As entered")
    assert read(table).readings


def test_values_that_do_not_agree_are_the_same_after_a_trip(reader: Reader, ruleset: RuleSet) -> None:
    """Written as FHIR and read again; our own words beside the values put none of them in doubt."""
    regimen = Regimen(
        reader.read_all(["D3 1000 IU daily", "eGFR 25", "eGFR 80", "INR 2 (1 Nov 2026)", "INR 3 (2 Nov 2026)"])
    )
    report = build_report(regimen._replace(as_of=DAY), ruleset, "us")
    again = build_report(read_regimen(render(report), "one.json", reader, DAY), ruleset, "us")
    assert [one.fact for one in report.disagreements] == [one.fact for one in again.disagreements] == ["lab.egfr"]
    assert [(lab.value, lab.taken_on, lab.note) for lab in again.labs] == [
        (lab.value, lab.taken_on, lab.note) for lab in report.labs
    ]
