"""The report as a FHIR R4 Bundle of type collection: what is taken, what was found, and what could not be told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from dosenote.errors import printable
from dosenote.fhir.systems import ACT_CODE, CONDITION_CERTAINTY, PERIODS, SYSTEMS, UCUM, UCUM_UNITS
from dosenote.quantity import show_number
from dosenote.report import Report
from dosenote.report.model import Advisory, Cited, Code, Line, Measured, Said, Span, TakenItem, Timing, Undecided

Table = dict[str, Any]

_SEVERITY = {"serious": "high", "moderate": "moderate", "minor": "low"}
_DIRECTION = {"for": "For", "against": "Against", "differs": "Says something else"}
_STATUS = {"absent": "not-taken", "stopped": "stopped", "unclear": "unknown"}
_TAKEN = ("supplement", "medicine")
_LINK = re.compile(r"https?://\S+")


def render(report: Report) -> str:
    """One Bundle in JSON; the same report gives the same bytes. Every text in it is printable and never empty."""
    return json.dumps(_Writer(report).bundle(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


class _Writer:
    """Writes one report. Each resource has an id made from the rules, the input and its place in the report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        said = (report.jurisdiction, report.as_of, report.regimen, report.patient, report.person)
        self.seed = uuid5(NAMESPACE_URL, json.dumps([report.rules.sha256, *said]))
        self.entries: list[Table] = []
        self.patient = self.device = ""
        self.statements: dict[tuple[int, int], str] = {}

    def bundle(self) -> Table:
        """The whole of it."""
        self._who()
        self._outcome()
        for number, line in enumerate(self.report.regimen):
            self._line(number, line)
        for number, piece in enumerate(self.report.not_recognised):
            # Whatever it is, it may be taken: only its text is known.
            self._statement(
                f"not-recognised/{number}", "unknown", _concept(piece.text), [f"Not recognised: {piece.reason}"]
            )
        for number, advisory in enumerate(self.report.advisories):
            self._add("DetectedIssue", f"raised/{number}", self._raised(advisory))
        for number, undecided in enumerate(self.report.undecided):
            self._add("DetectedIssue", f"undecided/{number}", self._undecided(undecided))
        return {"resourceType": "Bundle", "id": str(self.seed), "type": "collection", "entry": self.entries}

    def _add(self, kind: str, place: str, fields: Table) -> str:
        """Add a resource, without the fields that hold nothing; what others refer to it by."""
        id = uuid5(self.seed, f"{kind}/{place}")
        held = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
        resource = {"resourceType": kind, "id": str(id), **held}
        self.entries.append({"fullUrl": id.urn, "resource": resource})
        return id.urn

    # --- who, and what was looked at

    def _who(self) -> None:
        """The person, as far as they said anything; what has no place in a Patient is an Observation."""
        said, report = self.report.patient, self.report
        self.patient = self._add("Patient", "person", {"gender": said.sex if said else None})
        version = [
            {"type": {"text": "program"}, "value": _text(report.tool.version)},
            {"type": {"text": "rules"}, "value": _text(f"{report.rules.version} sha256 {report.rules.sha256}")},
        ]
        name = [{"name": _text(report.tool.name), "type": "user-friendly-name"}]
        self.device = self._add("Device", "program", {"deviceName": name, "version": version})
        if said is None:
            return
        if said.age is not None:
            # R4 has no element for an age; a date of birth worked out from it would be invented.
            age = {"value": _number(said.age), "unit": "years", "system": UCUM, "code": "a"}
            self._observation("person/age", "age", {"valueQuantity": age}, self.report.as_of)
        for name_, value in (("pregnant", said.pregnant), ("breastfeeding", said.lactating)):
            if value is not None:
                self._observation(f"person/{name_}", name_, {"valueBoolean": value}, self.report.as_of)

    def _outcome(self) -> None:
        """How much was looked at: a Bundle without issues must not look like an all-clear."""
        report = self.report
        words = [report.nothing_raised] if report.nothing_raised else []
        words += [report.coverage.words, report.next_step, report.disclaimer]
        words += [
            f"Not folded: {unused.rule}: acknowledged, but {unused.reason}."
            for unused in report.unused_acknowledgements
        ]
        issue = [
            {
                "severity": "warning" if report.is_open else "information",
                "code": "informational",
                "details": {"text": _text(one)},
            }
            for one in words
        ]
        self._add("OperationOutcome", "coverage", {"issue": issue})

    # --- what is taken, and what was said besides

    def _line(self, number: int, line: Line) -> None:
        as_entered = f'As entered: "{line.text}"'
        notes = [
            as_entered,
            *(f"Read as: {words}" for words in line.assumed),
            line.reason if line.outcome in ("ask", "refuse") else "",
        ]
        steps: dict[str, list[tuple[int, TakenItem]]] = {}
        for place, item in enumerate(line.items):
            # Steps that follow one another are one statement, so that nobody adds them up.
            steps.setdefault(item.substance if item.phase else str(place), []).append((place, item))
        for group in steps.values():
            first = group[0][1]
            status = "stopped" if first.stopped else "active" if first.is_taken else "unknown"
            if status == "active" and first.since and self.report.as_of and first.since > self.report.as_of:
                status = "intended"
            reference = self._statement(
                f"line/{number}/{group[0][0]}",
                status,
                _concept(first.label, first.codes),
                notes,
                {
                    "effectivePeriod": {
                        name: day for name, day in (("start", first.since), ("end", first.ended)) if day
                    },
                    "reasonCode": [_concept(first.why)] if first.why else [],
                    "dosage": [dosage for _, item in group if (dosage := _dosage(item))],
                },
            )
            self.statements |= {(number, place): reference for place, _ in group}
        if line.outcome == "refuse" and not line.items and not line.unread:
            self._statement(f"refused/{number}", "unknown", _concept(line.text), [f"Refused: {line.reason}"])
        for place, said in enumerate(line.said):
            self._said(f"said/{number}/{place}", said, notes)
        for place, lab in enumerate(line.measured):
            self._lab(f"lab/{number}/{place}", lab, notes)

    def _statement(
        self, place: str, status: str, medication: Table, notes: Iterable[str], more: Table | None = None
    ) -> str:
        fields = {
            "status": status,
            "medicationCodeableConcept": medication,
            "subject": {"reference": self.patient},
            **(more or {}),
            "note": _notes(notes),
        }
        return self._add("MedicationStatement", place, fields)

    def _said(self, place: str, said: Said, notes: list[str]) -> None:
        """What was named without a dose.

        Food has no element in R4. That a condition is absent is left out as well: the only way to say it is "refuted",
        which means ruled out by evidence, and not that somebody said no.
        """
        if said.kind in _TAKEN and said.stance in _STATUS:
            self._statement(place, _STATUS[said.stance], _concept(said.label, said.codes), notes)
        elif said.kind == "condition" and said.stance in ("present", "unclear"):
            doubt = _concept(None, [Code(CONDITION_CERTAINTY, "unconfirmed")]) if said.stance == "unclear" else None
            fields = {"verificationStatus": doubt, "code": _concept(said.label), "subject": {"reference": self.patient}}
            self._add("Condition", place, fields | {"note": _notes(notes)})
        elif said.kind == "lab":
            absent = {"dataAbsentReason": {"text": "spoken of, without a value that can be used"}}
            self._observation(place, said.label, absent, None, notes)

    def _lab(self, place: str, lab: Measured, notes: list[str]) -> None:
        quantity = {"value": _number(lab.value)}
        if lab.unit not in ("", "1"):
            quantity |= _unit(lab.unit)
        self._observation(place, lab.label, {"valueQuantity": quantity}, lab.taken_on, notes)

    def _observation(self, place: str, label: str, value: Table, day: str | None, notes: Iterable[str] = ()) -> None:
        """Preliminary: the person's word, which nobody has verified. No code of a test was confirmed: text only."""
        fields = {
            "status": "preliminary",
            "code": _concept(label),
            "subject": {"reference": self.patient},
            "effectiveDateTime": day,
            **value,
            "note": _notes(notes),
        }
        self._add("Observation", place, fields)

    # --- what was found, and what could not be told

    def _raised(self, advisory: Advisory) -> Table:
        references = [self.statements.get((place.line, place.item)) for place in advisory.implicated]
        link = next((one.link for one in advisory.evidence if one.direction == "for" and _is_link(one.link)), None)
        return self._issue("preliminary", advisory.title, self._words(advisory), _act_code(advisory)) | {
            "severity": _SEVERITY[advisory.severity],
            "implicated": [{"reference": one} for one in dict.fromkeys(references) if one],
            "evidence": [_evidence(one) for one in advisory.evidence],
            "reference": link,
        }

    def _words(self, advisory: Advisory) -> Iterator[str]:
        """Each thing in a line of its own: how bad, how sure and what to do are never one."""
        yield advisory.summary
        yield advisory.why
        yield f"What to do: {advisory.talk}"
        yield f"Why: {'; '.join(because.words for because in advisory.because)}"
        yield f"How bad it could be: {advisory.severity}"
        sure = f" ({advisory.certainty_because})" if advisory.certainty_because else ""
        yield f"How sure: {advisory.certainty.replace('-', ' ')}{sure}"
        yield from (f"Ask: {question}" for question in advisory.ask)
        yield from (f"It would change: {change.words}" for change in advisory.changes_at)
        yield from (f"It would be silent if: {because.words}" for because in advisory.unless)
        yield from self._open_questions(advisory.rule)
        if advisory.acknowledged is not None:
            # No mitigation: that the person knows of it does not make it less of a risk.
            known = advisory.acknowledged
            yield f"The person knows of this (until {known.until}); their reason: {known.reason}"
        yield f"Rule {advisory.rule}, compared with its sources on {advisory.reviewed}"

    def _undecided(self, undecided: Undecided) -> Table:
        """A rule that could not be told, as an issue whose result is awaited.

        Everything else can be misread as "no issue": a program that only counts issues never sees an Observation
        without a value or an OperationOutcome. "registered" means that there is no result yet; without a severity and
        a code no program ranks it as a finding, and whoever shows its words shows that it could not be told.
        """
        missing = "; ".join(undecided.missing_words)
        words = [
            "This could not be told: it is neither a finding nor an all-clear.",
            f"Not known: {missing}" if missing else "",
            *self._open_questions(undecided.rule),
            f"If it were so: how bad it could be: {undecided.severity}",
            f"Rule {undecided.rule}",
        ]
        return self._issue("registered", f"Could not be told: {undecided.title}", filter(None, words))

    def _open_questions(self, rule: str) -> Iterator[str]:
        for question in self.report.questions:
            if rule in question.could_change:
                yield f"An answer could change this: {question.text}"

    def _issue(self, status: str, title: str, words: Iterable[str], code: str = "") -> Table:
        return {
            "status": status,
            "code": _concept(title, [Code(ACT_CODE, code)] if code else []),
            "patient": {"reference": self.patient},
            "identifiedDateTime": self.report.as_of,
            "author": {"reference": self.device},
            "detail": "\n".join(_text(line) for line in words),  # no text of others begins a line of its own
        }


def _act_code(advisory: Advisory) -> str:
    """The kind of alert, where one of the confirmed codes says no more than the rule does; else ""."""
    facts = {because.fact for because in advisory.because}
    has_supplement = any("." in fact and not fact.startswith("lab.") for fact in facts)
    if advisory.kind == "dose":
        return "DOSE"
    if advisory.kind == "condition" and "conditions" in facts:
        return "COND"
    if advisory.kind == "interaction" and "medicines" in facts:
        return "NHP" if has_supplement else "FOOD" if "foods" in facts else "DRG"
    return ""


def _evidence(cited: Cited) -> Table:
    """One piece of evidence: what it says, and the source as words, since it is no resource."""
    year = f" ({cited.year})" if cited.year else ""
    by = f"{cited.by}{year}. " if cited.by or year else ""
    note = f" Note: {cited.problem}" if cited.problem else ""
    source = f"{by}{cited.title}, {cited.locator}. {cited.link}{note}"
    return {
        "code": [{"text": _text(f"{_DIRECTION[cited.direction]}: {cited.says}")}],
        "detail": [{"display": _text(source)}],
    }


# --- how much and how often


def _dosage(item: TakenItem) -> Table:
    """What the line says of how much and how often, and nothing that it does not say."""
    timing = item.timing
    quantities = [_dose(span) for span in (item.amount, item.written) if span is not None]
    dose = next((one for one in quantities if "doseQuantity" in one or "doseRange" in one), {})
    most = timing.max_per_day if timing else None
    fields = {
        "sequence": item.phase,
        "text": _text(_dose_words(item)) if _dose_words(item) else None,
        "timing": _timing(timing, item) if timing else None,
        "asNeededBoolean": True if timing and timing.as_needed else None,
        "doseAndRate": [dose] if dose else [],
        "maxDosePerPeriod": _a_day(most) if most else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, 0, [], {})}


def _dose_words(item: TakenItem) -> str:
    """The words of an item without its name and what stands elsewhere in the statement, as instructions are written."""
    words = item.words.removeprefix(item.label).removeprefix(", ")
    elsewhere = ("not clear whether it is taken", "first", f"then (step {item.phase})")
    parts = [part for part in words.split(", ") if part not in elsewhere]
    span = item.amount or item.written
    if parts and span and parts[0].startswith(("between ", "at most ", "at least ")):
        low, high = show_number(span.low), "" if span.high is None else show_number(span.high)
        parts[0] = f"{low} to {high} {span.unit}" if high else f"at least {low} {span.unit}"
    return ", ".join("single dose" if part == "a single time" else part for part in parts).strip()


def _dose(span: Span) -> Table:
    if span.low == span.high:
        return {"doseQuantity": _quantity(span.low, span.unit)}
    bounds = {"low": span.low or None, "high": span.high}
    held = {name: _quantity(value, span.unit) for name, value in bounds.items() if value is not None}
    return {"doseRange": held} if held else {}


def _a_day(most: Span) -> Table:
    a_day = {"value": 1, "unit": "day", "system": UCUM, "code": "d"}
    return {"numerator": _quantity(most.low, most.unit), "denominator": a_day}


def _timing(timing: Timing, item: TakenItem) -> Table | None:
    """How often as far as Timing can say it; a part of the year stays in the words, since "daily" would say more."""
    if item.season:
        return None
    if timing.once:
        return {"repeat": {"count": 1}}
    low, high = timing.times
    if high is None or not (low.is_integer() and high.is_integer()):
        return None
    repeat: Table = {}
    if item.duration_days:
        days = {"value": _number(item.duration_days), "unit": "days", "system": UCUM, "code": "d"}
        repeat["boundsDuration"] = days
    if low:
        repeat["frequency"] = int(low)
    elif not timing.as_needed:
        return None  # "up to 3 times a day": without a lowest frequency it would mean at least once
    if high != low:
        repeat["frequencyMax"] = int(high)
    repeat |= {"period": _number(timing.every), "periodUnit": PERIODS[timing.period]}
    if timing.days:
        repeat["dayOfWeek"] = list(timing.days)
    return {"repeat": repeat}


def _quantity(value: float, unit: str) -> Table:
    return {"value": _number(value), **_unit(unit)}


def _unit(unit: str) -> Table:
    """The unit, with its code where UCUM can convert it."""
    code = UCUM_UNITS.get(unit)
    return {"unit": _text(unit)} if code is None else {"unit": unit, "system": UCUM, "code": code}


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


# --- texts


def _concept(text: str | None, codes: Iterable[Code] = ()) -> Table:
    """A CodeableConcept, without a text for None. Systems that the vocabulary names by a word get their address."""
    coding = [
        {"system": SYSTEMS.get(code.system, code.system), "code": code.code}
        for code in codes
        if code.system in SYSTEMS or "/" in code.system
    ]
    table: Table = {"coding": coding} if coding else {}
    return table if text is None else table | {"text": _text(text)}


def _notes(notes: Iterable[str]) -> list[Table]:
    return [{"text": _text(note)} for note in notes if note.strip()]


def _is_link(link: str) -> bool:
    return _LINK.fullmatch(link) is not None and link == printable(link)


def _text(text: str) -> str:
    """A FHIR string: what cannot be seen is made visible, and it is never empty or blank."""
    shown = printable(text)
    return shown if shown.strip() else "(nothing)"
