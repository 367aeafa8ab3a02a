"""A FHIR R4 file → a Regimen, with everything in it that could not be used and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from dosenote.fhir.bundle import File, file_of, is_person, subject_of
from dosenote.fhir.element import Element, is_same
from dosenote.fhir.naming import Names
from dosenote.fhir.notes import with_notes
from dosenote.fhir.person import Findings
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
#: What is inside another resource, and is read only where it is a resource of the file.
_INSIDE = "it holds {} of its own, which is not read"
_SUBSTANCES = ("Medication", "Substance")
#: So many resources of one kind are named, and so many of which there is no more than the id; the rest is counted.
_NAMED, _IDS = 40, 6


def regimen_of(table: Mapping[str, Any], name: str, reader: Reader, as_of: date | None) -> Regimen:
    """The regimen that a Bundle or a single resource tells, for one day. Its lists stay open.

    Raises DosenoteError with the place for what is malformed, and where it is about more than one person.
    """
    file = file_of(table, name)
    statements, findings = Statements(Names(reader, file), as_of), Findings(reader, as_of, file)
    told: list[tuple[Element, Reading]] = []
    aside: dict[tuple[str, str], list[Element]] = {}
    inside: dict[tuple[str, str], list[Element]] = {}
    for element in _in_order(file):
        if element.kind in _ASIDE or element.kind in _OTHERS:
            held = _held(element) or _named_inside(element.table)
            reason = _INSIDE.format(held) if held else _ASIDE.get(element.kind, "nothing that is taken")
            (inside if held else aside).setdefault((element.kind, reason), []).append(element)
            continue
        held = _held(element)
        if held:
            inside.setdefault((element.kind, _INSIDE.format(held)), []).append(element)
        if element.kind not in _SUBSTANCES:  # these are read where they are referred to
            told.append((element, _reading(element, statements, findings)))
    readings = [*_in_few_lines(_told_once(told, reader))]
    readings += [
        Reading(f"{kind}: {_few([one.text('id') for one in some], _IDS)}", "ignore", reason=f"{reason}, so not used")
        for (kind, reason), some in aside.items()
    ]
    for (kind, reason), some in inside.items():
        text = f"{kind}: {_few([one.text('id') for one in some], _IDS)}"
        readings.append(Reading(text, "refuse", unread=(text,), reason=f"{reason}, and may be about anything"))
    readings += _unused_substances(file)
    readings += [Reading(text, "refuse", unread=(text,), reason=reason) for text, reason in file.left_out]
    return Regimen(tuple(readings), as_of=as_of)


def _in_order(file: File) -> list[Element]:
    """The person first, then what is taken, then everything else."""
    order = {"Patient": 0, "MedicationStatement": 1, "MedicationRequest": 2, "Condition": 3, "Observation": 4}
    return sorted((one.element for one in file.resources), key=lambda one: order.get(one.kind, len(order)))


def _reading(element: Element, statements: Statements, findings: Findings) -> Reading:
    if element.kind == "Patient":
        return findings.patient(element)
    if element.kind in (*_MEDICINES, "Condition", "Observation"):
        subject = subject_of(element)
        if subject is None or not is_person(statements.names.file, subject):
            return unusable(element, "it is not about a person" if subject else "it does not say whose it is")
    if element.kind in _MEDICINES:
        return with_notes(element, statements.read(element))
    if element.kind == "Condition":
        return findings.condition(element)
    if element.kind == "Observation":
        return findings.observation(element)
    return unusable(element, f"a {element.kind[:60]} is not read, and it may be about something that is taken")


def _held(element: Element) -> str:
    """The type of a contained resource that says something of the person or of what is taken, or ""."""
    is_read = element.kind not in _ASIDE and element.kind not in _OTHERS
    for one in element.all("contained"):
        is_part = is_read and one.kind in _SUBSTANCES  # read where it is referred to
        is_told = one.kind.startswith("Medication") or one.kind in ("Substance", "Patient", "Condition", "Observation")
        if is_told and not is_part:
            return f"a {one.kind[:60]}"
    return ""


def _named_inside(value: Any) -> str:
    """The first field, however deep, that names a medicine or a product, or ""."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Mapping):
            found = next((key for key in inner if key.casefold().startswith(("medication", "product"))), "")
            if found:
                return f'"{found[:40]}"'
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner
    return ""


def _unused_substances(file: File) -> Iterator[Reading]:
    """Medications that nothing refers to: nobody says that they are taken, and they are there for something."""
    elements = [one.element for one in file.resources]
    used = [file.find(one.reference("medicationReference"), one) for one in elements if one.kind in _MEDICINES]
    parts = [(one, part) for one in elements if one.kind == "Medication" for part in one.all("ingredient")]
    used += [file.find(part.reference("itemReference"), holder) for holder, part in parts]
    for element in elements:
        if element.kind in _SUBSTANCES and not any(one is element for one in used):
            yield unusable(element, f"a {element.kind} that nothing refers to")


def _in_few_lines(told: Iterable[tuple[Element, Reading]]) -> Iterator[Reading]:
    """The readings, with those in one line that say nothing, and for the same reason."""
    alike: dict[tuple[str, str, tuple[Any, ...]], dict[str, list[str]]] = {}
    for element, reading in told:
        if element.kind in ("Condition", "Observation") and reading.outcome == "ignore" and reading.is_empty:
            name = reading.text.removesuffix(f" ({element.label})")
            ids = alike.setdefault((element.kind, reading.reason, reading.hidden_kinds), {}).setdefault(name, [])
            ids.append(element.text("id") or "no id")
        else:
            yield reading
    for (kind, reason, hidden), names in alike.items():
        shown = _few([f"{name} ({_few(ids, 1)})" for name, ids in names.items()], _NAMED)
        yield Reading(f"{kind}: {shown}", "ignore", reason=reason, hidden_kinds=hidden)


def _few(words: list[str], most: int) -> str:
    """The first of them, and how many more there are."""
    named = [word for word in words if word][:most]
    more = len(words) - len(named)
    return ", ".join([*named, *([f"and {more} more" if named else f"{more} of them"] if more else [])])


# --- what is told twice


def _told_once(readings: list[tuple[Element, Reading]], reader: Reader) -> Iterator[tuple[Element, Reading]]:
    """The readings, where a prescription and a statement about the same thing do not count as two."""
    stated = [(element, reading) for element, reading in readings if element.kind == "MedicationStatement"]
    before: list[tuple[Element, Reading]] = list(stated)
    for element, reading in readings:
        if element.kind != "MedicationRequest":
            yield element, reading
            continue
        based = next((one for one, _ in stated if _is_based_on(one, element)), None)
        if based is not None:
            yield element, Reading(reading.text, "ignore", reason=f"told again by {based.label}, and counted there")
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
        yield element, reading


def _is_based_on(statement: Element, request: Element) -> bool:
    references = [one.text("reference") for field in ("basedOn", "derivedFrom") for one in statement.all(field)]
    return bool(request.text("id")) and any(one and is_same(one, request.label) for one in references)


def _holds(reading: Reading, item: Item, reader: Reader) -> bool:
    """Whether a reading names the same thing as an item, or a kind of it."""
    surely = reader.vocabulary.surely
    return any(
        one.substance in surely(item.substance) or item.substance in surely(one.substance) for one in reading.items
    )
