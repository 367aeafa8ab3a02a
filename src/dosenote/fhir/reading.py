"""A FHIR R4 file → a Regimen, with everything in it that could not be used and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from dosenote.fhir.bundle import File, file_of, subject_of
from dosenote.fhir.element import Element, is_same
from dosenote.fhir.naming import Names
from dosenote.fhir.person import Findings, read_patient
from dosenote.fhir.statements import Statements, unusable
from dosenote.reader import Reader
from dosenote.regimen import Item, Reading, Regimen

#: Resources that are about nothing that is taken, and why they are not used.
_ASIDE = {
    "AllergyIntolerance": "not a medicine taken",
    "Immunization": "not a medicine taken",
    "DetectedIssue": "a result, and not something taken",
    "OperationOutcome": "a message, and not something taken",
}
_OTHERS = frozenset(
    [
        "Account",
        "Appointment",
        "Basic",
        "BodyStructure",
        "CarePlan",
        "CareTeam",
        "Claim",
        "ClaimResponse",
        "Communication",
        "Composition",
        "Consent",
        "Coverage",
        "Device",
        "DeviceRequest",
        "DeviceUseStatement",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "EpisodeOfCare",
        "ExplanationOfBenefit",
        "FamilyMemberHistory",
        "Flag",
        "Goal",
        "HealthcareService",
        "ImagingStudy",
        "ImmunizationRecommendation",
        "Location",
        "Media",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Procedure",
        "Provenance",
        "Questionnaire",
        "RelatedPerson",
        "RiskAssessment",
        "Schedule",
        "ServiceRequest",
        "Slot",
        "Specimen",
        "Task",
        "VisionPrescription",
    ]
)
_MEDICINES = ("MedicationStatement", "MedicationRequest")
#: So many resources of one kind are named; the others are counted.
_NAMED = 12


def regimen_of(table: Mapping[str, Any], name: str, reader: Reader, as_of: date | None) -> Regimen:
    """The regimen that a Bundle or a single resource tells, for one day. Its lists stay open.

    Raises DosenoteError with the place for what is malformed, and where it is about more than one person.
    """
    file = file_of(table, name)
    statements = Statements(Names(reader, file), as_of)
    readings: list[tuple[Element, Reading]] = []
    aside: dict[tuple[str, str], list[str]] = {}
    for element in _in_order(file):
        if element.kind == "Medication":
            continue  # read where it is referred to
        if element.kind in _ASIDE or element.kind in _OTHERS:
            reason = _ASIDE.get(element.kind, "nothing that is taken")
            aside.setdefault((element.kind, reason), []).append(element.text("id"))
            continue
        readings.append((element, _reading(element, statements, as_of)))
    told = [*_told_once(readings, reader)]
    told += [_listed(kind, ids, reason) for (kind, reason), ids in aside.items()]
    told += _unused_medications(file)
    told += [Reading(text, "refuse", unread=(text,), reason=reason) for text, reason in file.left_out]
    return Regimen(tuple(told), as_of=as_of)


def _in_order(file: File) -> Iterator[Element]:
    """The person first, then what is taken, then everything else."""
    order = {"Patient": 0, "MedicationStatement": 1, "MedicationRequest": 2, "Condition": 3, "Observation": 4}
    elements = [resource.element for resource in file.resources]
    yield from sorted(elements, key=lambda one: order.get(one.kind, len(order)))


def _reading(element: Element, statements: Statements, as_of: date | None) -> Reading:
    findings = Findings(statements.names.reader, as_of)
    if element.kind == "Patient":
        return read_patient(element, as_of)
    if subject_of(element) is None and element.kind in (*_MEDICINES, "Condition", "Observation"):
        return unusable(element, "it does not say whose it is")
    if element.kind in _MEDICINES:
        return statements.read(element)
    if element.kind == "Condition":
        return findings.condition(element)
    if element.kind == "Observation":
        return findings.observation(element)
    return unusable(element, f"a {element.kind[:60]} is not read, and it may be about something that is taken")


def _listed(kind: str, ids: list[str], reason: str) -> Reading:
    """Resources of one kind that are not used, in one line."""
    named = [id for id in ids if id][:_NAMED]
    more = len(ids) - len(named)
    words = [*named, *([f"and {more} more" if named else f"{more} of them"] if more else [])]
    return Reading(f"{kind}: {', '.join(words)}", "ignore", reason=f"{reason}, so not used")


def _unused_medications(file: File) -> Iterator[Reading]:
    """Medications that no statement refers to: nobody says that they are taken."""
    holders = [one.element for one in file.resources if one.element.kind in _MEDICINES]
    used = [file.find(one.reference("medicationReference"), one) for one in holders if one.has("medicationReference")]
    for resource in file.resources:
        element = resource.element
        if element.kind == "Medication" and not any(one is element for one in used):
            # It may be meant by somebody who takes it, and by nothing else in the file.
            yield unusable(element, "a Medication that no statement refers to")


# --- what is told twice


def _told_once(readings: list[tuple[Element, Reading]], reader: Reader) -> Iterator[Reading]:
    """The readings, where a prescription and a statement about the same thing do not count as two."""
    stated = [(element, reading) for element, reading in readings if element.kind == "MedicationStatement"]
    before: list[tuple[Element, Reading]] = list(stated)
    for element, reading in readings:
        if element.kind != "MedicationRequest":
            yield reading
            continue
        based = next((one for one, _ in stated if _is_based_on(one, element)), None)
        if based is not None:
            yield Reading(reading.text, "ignore", reason=f"told again by {based.label}, and counted there")
            continue
        items, others = [], []
        for item in reading.items:
            twin = next((one for one, other in before if _holds(other, item, reader)), None)
            items.append(item if twin is None else item._replace(is_taken=False))
            others += [] if twin is None else [twin.label]
        before.append((element, reading))
        if others:
            reason = f"it may be the same as {' and '.join(dict.fromkeys(others))}"
            outcome = "ask" if reading.outcome == "accept" else reading.outcome
            reason = f"{reason}; {reading.reason}" if reading.reason else reason
            reading = reading._replace(items=tuple(items), outcome=outcome, reason=reason)
        elif any(item.is_taken and item.stopped is None for item in reading.items):
            reading = reading._replace(assumed=(*reading.assumed, "prescribed, so counted as taken"))
        yield reading


def _is_based_on(statement: Element, request: Element) -> bool:
    references = [one.text("reference") for field in ("basedOn", "derivedFrom") for one in statement.all(field)]
    return bool(request.text("id")) and any(one and is_same(one, request.label) for one in references)


def _holds(reading: Reading, item: Item, reader: Reader) -> bool:
    """Whether a reading names the same thing as an item, or a kind of it."""
    surely = reader.vocabulary.surely
    return any(
        one.substance in surely(item.substance) or item.substance in surely(one.substance) for one in reading.items
    )
