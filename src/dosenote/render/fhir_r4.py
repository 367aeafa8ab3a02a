"""The report as a FHIR R4 Bundle of type collection: what is taken, what was found, and what could not be told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_URL, uuid5

from dosenote.errors import printable
from dosenote.fhir.systems import ACT_CODE, CONDITION_CERTAINTY, SYSTEMS, UCUM
from dosenote.render.fhir_dosage import Table, dosage_of, number_of, text_of, unit_of
from dosenote.render.markdown import escaped
from dosenote.render.outline import citation, for_any, hidden_if, reference_words
from dosenote.report import Report
from dosenote.report.entered import Code, Line, Measured, Said, TakenItem
from dosenote.report.model import Advisory, Cited, Traced, Undecided

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
            # It may be taken, and only its text is known. A part of a line is no name: "mg" is not magnesium.
            is_whole = piece.text == self.report.regimen[piece.line - 1].text.strip()
            text = piece.text if is_whole else f'not understood: "{piece.text}"'
            near = f"Did you mean {', '.join(piece.suggestions)}?" if piece.suggestions else ""
            notes = [f"Not recognised: {piece.reason}", near]
            self._statement(f"not-recognised/{number}", "unknown", _concept(text), notes)
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
            {"type": {"text": "program"}, "value": text_of(report.tool.version)},
            {"type": {"text": "rules"}, "value": text_of(f"{report.rules.version} sha256 {report.rules.sha256}")},
        ]
        name = [{"name": text_of(report.tool.name), "type": "user-friendly-name"}]
        self.device = self._add("Device", "program", {"deviceName": name, "version": version})
        if said is None:
            return
        if said.age is not None:
            # R4 has no element for an age; a date of birth worked out from it would be invented.
            age = {"value": number_of(said.age), "unit": "years", "system": UCUM, "code": "a"}
            self._observation("person/age", "age", {"valueQuantity": age}, self.report.as_of)
        for name_, value in (("pregnant", said.pregnant), ("breastfeeding", said.lactating)):
            if value is not None:
                self._observation(f"person/{name_}", name_, {"valueBoolean": value}, self.report.as_of)

    def _outcome(self) -> None:
        """How much was looked at: a Bundle without issues must not look like an all-clear."""
        severity = "warning" if self.report.is_open else "information"
        issue = [
            {"severity": severity, "code": "informational", "details": {"text": text_of(one)}} for one in self._told()
        ]
        self._add("OperationOutcome", "coverage", {"issue": issue})

    def _told(self) -> Iterator[str]:
        """What a report says that is about nothing in particular, or has no place in a resource."""
        report = self.report
        if report.nothing_raised:
            yield report.nothing_raised
        yield report.coverage.words
        if report.person:
            yield f"About the person: {'; '.join(report.person)}"
        for line in report.regimen:
            is_elsewhere = line.items or line.said or line.measured or line.unread or line.outcome == "refuse"
            if not is_elsewhere or any(not _has_resource(said) for said in line.said):
                yield f'As entered: "{line.text}" ({line.reason or "; ".join(line.noted)})'
        for total in report.totals:
            yield f"Total of everything listed (food not counted): {total.label}: {total.words}"
            for reference in total.references:
                yield f"Beside it: {reference.value}: {reference_words(reference)}"
        shown = {one.rule for one in report.advisories} | {one.rule for one in report.undecided}
        for question in report.questions:
            if shown.isdisjoint(question.could_change):
                yield f"To ask: {question.text}"
        for one in report.disagreements:
            yield f"{one.title}: {one.told}"
        for unused in report.unused_acknowledgements:
            yield f"Not folded: {unused.rule}: acknowledged, but {unused.reason}."
        yield from (_trace_words(traced) for traced in report.trace or ())
        yield report.next_step
        yield report.disclaimer

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
        phases = {item.phase for item in line.items} - {0}
        for group in steps.values():
            first = group[0][1]
            # "D2 for 8 weeks, then D3": which of the two it is now, nobody said.
            is_now = first.is_taken and (not first.phase or {item.phase for _, item in group} == phases)
            status = "stopped" if first.stopped else "active" if is_now else "unknown"
            if status == "active" and first.since and self.report.as_of and first.since > self.report.as_of:
                status = "intended"
            understood = [f"Understood as: {item.words}" for _, item in group]
            reference = self._statement(
                f"line/{number}/{group[0][0]}",
                status,
                _concept(first.label, first.codes),
                [*notes, *understood],
                {
                    "effectivePeriod": {
                        name: day for name, day in (("start", first.since), ("end", first.ended)) if day
                    },
                    "reasonCode": [_concept(first.why)] if first.why else [],
                    "dosage": [dosage for _, item in group if (dosage := dosage_of(item))],
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
        if not _has_resource(said):
            return
        if said.kind in _TAKEN:
            self._statement(place, _STATUS[said.stance], _concept(said.label, said.codes), notes)
        elif said.kind == "condition":
            doubt = _concept(None, [Code(CONDITION_CERTAINTY, "unconfirmed")]) if said.stance == "unclear" else None
            fields = {"verificationStatus": doubt, "code": _concept(said.label), "subject": {"reference": self.patient}}
            self._add("Condition", place, fields | {"note": _notes(notes)})
        elif said.kind == "lab":
            absent = {"dataAbsentReason": {"text": "spoken of, without a value that can be used"}}
            self._observation(place, said.label, absent, None, notes)

    def _lab(self, place: str, lab: Measured, notes: list[str]) -> None:
        quantity = {"value": number_of(lab.value)} | ({"comparator": lab.comparator} if lab.comparator else {})
        if lab.unit not in ("", "1"):
            quantity |= unit_of(lab.unit)
        understood = f"Understood as: {lab.words} ({lab.note})" if lab.note else ""
        self._observation(place, lab.label, {"valueQuantity": quantity}, lab.taken_on, [*notes, understood])

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
        yield from hidden_if(advisory)
        yield from self._open_questions(advisory.rule)
        if advisory.acknowledged is not None:
            # No mitigation: that the person knows of it does not make it less of a risk.
            known = advisory.acknowledged
            yield f"The person knows of this (until {known.until}{for_any(known)}); their reason: {known.reason}"
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
            "detail": "\n".join(text_of(line) for line in words),  # no text of others begins a line of its own
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


def _trace_words(traced: Traced) -> str:
    """What became of one rule, and why."""
    rows = [*(("when", row) for row in traced.when), *(("unless", row) for row in traced.unless)]
    why = "; ".join(
        f"{word} {row.fact} {row.comparison.replace('_', ' ')} {row.limit}: {row.value}" for word, row in rows
    )
    return f"Rule {traced.rule}: {traced.outcome} ({why})"


def _evidence(cited: Cited) -> Table:
    """One piece of evidence: what it says, and the source as words, since it is no resource."""
    note = f" Note: {cited.problem}" if cited.problem else ""
    source = f"{citation(cited)}, {cited.locator}. {cited.link}{note}"
    return {
        "code": [{"text": text_of(f"{_DIRECTION[cited.direction]}: {cited.says}")}],
        "detail": [{"display": text_of(source)}],
    }


# --- texts


def _concept(text: str | None, codes: Iterable[Code] = ()) -> Table:
    """A CodeableConcept, without a text for None. Systems that the vocabulary names by a word get their address."""
    coding = [
        {"system": SYSTEMS.get(code.system, code.system), "code": code.code}
        for code in codes
        if code.system in SYSTEMS or "/" in code.system
    ]
    table: Table = {"coding": coding} if coding else {}
    return table if text is None else table | {"text": text_of(text)}


def _has_resource(said: Said) -> bool:
    """Whether what was said has a resource of its own; what has none is told in the outcome."""
    if said.kind in _TAKEN:
        return said.stance in _STATUS
    return said.kind == "lab" or (said.kind == "condition" and said.stance in ("present", "unclear"))


def _notes(notes: Iterable[str]) -> list[Table]:
    """The text of a note is Markdown: what was typed must come out of it as text."""
    return [{"text": escaped(text_of(note))} for note in notes if note.strip()]


def _is_link(link: str) -> bool:
    return _LINK.fullmatch(link) is not None and link == printable(link)
