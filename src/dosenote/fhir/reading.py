"""A FHIR R4 file → a Regimen, with everything in it that could not be used and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from dosenote.fhir.bundle import File, file_of, is_person, subject_of
from dosenote.fhir.element import Element
from dosenote.fhir.naming import Names
from dosenote.fhir.notes import with_notes
from dosenote.fhir.person import TELLING, Findings
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
            hint = findings.told_aside(element) if element.kind in TELLING and not held else None
            if hint is not None:
                told.append((element, hint))
                continue
            reason = _INSIDE.format(held) if held else _ASIDE.get(element.kind, "nothing that is taken")
            (inside if held else aside).setdefault((element.kind, reason), []).append(element)
            continue
        held = _held(element)
        if held:
            inside.setdefault((element.kind, _INSIDE.format(held)), []).append(element)
        if element.kind not in _SUBSTANCES:  # these are read where they are referred to
            told.append((element, _reading(element, statements, findings)))
    readings = [*_in_few_lines(_told_once(told, file, reader, as_of))]
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
        return with_notes(element, statements.read(element), statements.names.reader)
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


def _told_once(
    readings: list[tuple[Element, Reading]], file: File, reader: Reader, as_of: date | None
) -> Iterator[tuple[Element, Reading]]:
    """The readings, where a prescription and a statement about the same thing do not count as two.

    Only what is itself counted as taken can stand for another or put it in doubt, and the order does not matter.
    """
    linked: dict[str, list[tuple[Element, Reading]]] = {}
    for element, reading in readings:
        if element.kind == "MedicationStatement":
            for meant in {found.path for one in _based_on(element) for found in file.at(one)}:
                linked.setdefault(meant, []).append((element, reading))
    again: dict[int, Reading] = {}
    counted: dict[str, list[_Counted]] = {}
    for element, reading in sorted(readings, key=lambda one: _rank(one[0])):
        if element.kind not in _MEDICINES:
            continue
        stated = linked.get(element.path, []) if element.kind == "MedicationRequest" else []
        based = next((one for one in stated if _tells_again(one[1], reading, reader, as_of)), None)
        if based is not None:
            reason = f"told again by {based[0].label}, and counted there"
            again[id(element)] = Reading(reading.text, "ignore", reason=reason)
            continue
        for place, item in enumerate(reading.items):
            if _is_counted(item, as_of):
                counted.setdefault(item.substance, []).append(_Counted(element, place, item))
    twins = _twins([one for some in counted.values() for one in some], reader)
    for element, reading in readings:
        found = twins.get(id(element), {})
        if id(element) in again:
            yield element, again[id(element)]
        elif found:
            items = tuple(
                item._replace(is_taken=False) if place in found else item for place, item in enumerate(reading.items)
            )
            reason = f"it may be the same as {' and '.join(dict.fromkeys(found.values()))}"
            outcome = "ask" if reading.outcome == "accept" else reading.outcome
            reason = f"{reason}; {reading.reason}" if reading.reason else reason
            yield element, reading._replace(items=items, outcome=outcome, reason=reason)
        elif element.kind == "MedicationRequest" and any(_is_counted(item, as_of) for item in reading.items):
            yield element, reading._replace(assumed=(*reading.assumed, "prescribed, so counted as taken"))
        else:
            yield element, reading


class _Counted(NamedTuple):
    """An item that is counted as taken, and its place in the reading of an element."""

    element: Element
    place: int
    item: Item


def _rank(element: Element) -> tuple[int, int, str]:
    """Statements before prescriptions, and of these the newest first."""
    if element.kind != "MedicationRequest":
        return 0, 0, ""
    written = element.days("authoredOn")
    return 1, -written.last.toordinal() if written else 0, element.label


def _twins(counted: list[_Counted], reader: Reader) -> dict[int, dict[int, str]]:
    """The items that may be the same as another: by the identity of their element and their place, which one.

    The more special of the two counts, as it says more; of two that are alike the first. Two statements are two things.
    """
    found: dict[int, dict[int, str]] = {}
    surely = reader.vocabulary.surely
    kept: list[_Counted] = []
    for one in counted:
        mine = one.item.substance
        for other in kept:
            theirs = other.item.substance
            are_statements = "MedicationRequest" not in (one.element.kind, other.element.kind)
            if other.element is one.element or are_statements:
                continue
            if mine in surely(theirs):
                found.setdefault(id(one.element), {})[one.place] = other.element.label
                break
            if theirs in surely(mine):
                found.setdefault(id(other.element), {}).setdefault(other.place, one.element.label)
        else:
            kept.append(one)
    return found


def _based_on(statement: Element) -> list[str]:
    references = (one.text("reference") for field in ("basedOn", "derivedFrom") for one in statement.all(field))
    return [one for one in references if one]


def _is_counted(item: Item, as_of: date | None) -> bool:
    """Whether it is taken on the day of the check, as far as its reading says."""
    return item.is_taken and (item.stopped is None or (as_of is not None and item.stopped > as_of))


def _tells_again(said: Reading, asked: Reading, reader: Reader, as_of: date | None) -> bool:
    """Whether a statement that is based on a prescription is counted as taken, and names all that it names."""
    if (
        not said.items
        or not all(_is_counted(item, as_of) for item in said.items)
        or not set(asked.hidden) <= set(said.hidden)
    ):
        return False
    surely = reader.vocabulary.surely
    return bool(asked.items) and all(
        any(mine.substance in surely(theirs.substance) for theirs in said.items) for mine in asked.items
    )
