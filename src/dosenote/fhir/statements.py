"""MedicationStatement and MedicationRequest → Reading: what is taken, was taken, is not taken, or is not clear."""

from __future__ import annotations

import math
from datetime import date
from typing import NamedTuple

from dosenote.fhir.dosing import Dosing
from dosenote.fhir.element import Days, Element, NotUsable
from dosenote.fhir.fields import REQUEST, STATEMENT
from dosenote.fhir.naming import Named, Names, NotNamed, shown_of
from dosenote.fhir.notes import line_of, plain
from dosenote.fhir.timing import Told, told_of
from dosenote.regimen import OLD_DAYS, Reading
from dosenote.vocabulary import Vocabulary, words

#: What each status means, and why where it is not plainly taken.
_OF_STATEMENT = {
    "active": ("taken", ""),
    "intended": ("planned", ""),
    "completed": ("stopped", "completed"),
    "stopped": ("stopped", "stopped"),
    "not-taken": ("denied", "said not to be taken"),
    "on-hold": ("unclear", "on hold: it is not clear whether it is taken now"),
    "unknown": ("unclear", "it is not clear whether it is taken"),
    "entered-in-error": ("ignored", "entered in error, so not counted"),
}
_OF_REQUEST = {
    "active": ("taken", ""),
    "on-hold": ("unclear", "the prescription is on hold: it is not clear whether it is taken now"),
    "completed": ("unclear", "the prescription is completed: it is not clear whether it is still taken"),
    "unknown": ("unclear", "the status of the prescription is not known"),
    "draft": ("unclear", "a draft of a prescription: it is not clear whether it is taken"),
    "stopped": ("stopped", "the prescription was stopped"),
    "cancelled": ("ignored", "the prescription was withdrawn before it was used, so not counted"),
    "entered-in-error": ("ignored", "entered in error, so not counted"),
}
#: Requests that are meant to be carried out.
_ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")


#: So many characters of a text that may be of any length are shown.
_SHOWN = 300


class _When(NamedTuple):
    """From when until when; each may be only roughly known. is_sure: whether it did not begin before."""

    start: Days | None
    end: Days | None
    is_sure: bool = True


class Statements:
    """Reads statements and requests. as_of: the day for which the regimen is checked, or None."""

    def __init__(self, names: Names, as_of: date | None) -> None:
        self.names = names
        self.dosing = Dosing(names)
        self.vocabulary: Vocabulary = names.vocabulary
        self.as_of = as_of

    def read(self, resource: Element) -> Reading:
        """How one resource is understood; one that cannot be used may be anything, and is not recognised."""
        try:
            return self._read(resource)
        except NotNamed as error:
            shown = _short(shown_of(resource))
            if not shown:
                return unusable(resource, error.reason)
            near = self.vocabulary.suggestions(shown)
            return Reading(_text(shown, resource), "ask", unread=(shown,), suggestions=near)
        except NotUsable as error:
            return unusable(resource, error.reason)

    def _read(self, resource: Element) -> Reading:
        is_request = resource.kind == "MedicationRequest"
        resource.check_known(REQUEST if is_request else STATEMENT)
        statuses = _OF_REQUEST if is_request else _OF_STATEMENT
        if resource.text("status") not in statuses:
            said = resource.text("status")[:40]
            raise NotUsable(f'it is not FHIR R4: its status is "{said}"' if said else "it has no status")
        stance, why = statuses[resource.text("status")]
        if stance == "ignored":
            return Reading(f"{shown_of(resource) or 'no name'} ({resource.label})", "ignore", reason=why)
        if is_request and resource.flag("doNotPerform"):
            stance, why = "forbidden", "a request not to give it, so not counted as taken"
        elif is_request and stance == "taken" and resource.text("intent") not in _ORDERS:
            stance, why = "unclear", "no order: it is not clear whether it is taken"
        try:
            named = self.names.of(resource)
            told = tuple(told_of(one) for one in resource.all("dosageInstruction" if is_request else "dosage"))
            reading = self.dosing.read(named, told)
        except NotUsable as error:
            if stance in ("denied", "forbidden"):  # whatever it is, it is not said to be taken
                return Reading(_text(shown_of(resource), resource), "ignore", reason=f"{why}; {error.reason}")
            raise
        words = "; ".join(text for one in told for text in one.texts)
        reading = reading._replace(text=_text(f"{named.shown}, {words}" if words else named.shown, resource))
        if stance == "denied":
            return self._denied(reading, why, resource, named)
        when = _prescribed(resource) if is_request else _taken(resource)
        if stance in ("taken", "planned"):
            against = self._against(resource, stance)
            parts = [self._out_of_time(one, resource, stance) for one in told]
            against += [one for one in parts if one and all(parts)]
            if against:
                why = f"its status says that it is {stance}, and its dates that {' and '.join(dict.fromkeys(against))}"
                stance = "unclear"
            elif any(parts):
                reading = _undosed(reading, f"a part of its dosage is of another time: {_and(*parts)}")
        return self._in_time(reading, stance, why, when)

    def _against(self, resource: Element, stance: str) -> list[str]:
        """What the dates of a statement or a request say against its being taken now, or planned."""
        found = []
        period, moment = resource.one("effectivePeriod"), resource.days("effectiveDateTime")
        if period is not None:
            found.append(self._outside(period.days("start"), period.days("end"), stance))
        asserted, written = resource.days("dateAsserted"), resource.days("authoredOn")
        for what, day in (("it is told of", moment), ("it was said on", asserted), ("it is prescribed on", written)):
            is_plan = day is moment and stance == "planned"
            if day is not None and self.as_of is not None and day.first > self.as_of and not is_plan:
                found.append(f"{what} {_days(day)}, which is still to come")
        if moment is not None and self.as_of is not None and (self.as_of - moment.last).days >= OLD_DAYS:
            found.append(f"this was so on {_days(moment)}, more than a year ago")
        return [one for one in found if one]

    def _outside(self, start: Days | None, end: Days | None, stance: str) -> str:
        """Why a time is not now, with its days; "" where it is."""
        if end is not None and self._ended(end)[0] is not False:
            since = f"from {_days(start)} " if start else ""
            return f"it has ended, or may have: {since}to {_days(end)}"
        if start is not None and stance == "taken" and self.as_of is not None and start.first > self.as_of:
            return f"it begins only on {_days(start)}"
        return ""

    def _out_of_time(self, told: Told, resource: Element, stance: str) -> str:
        """Why one dosage does not hold now; "" where it may."""
        found = self._outside(told.begins, told.ends, stance)
        period = resource.one("effectivePeriod")
        start = told.begins or (period.days("start") if period else None)
        start = start or resource.days("authoredOn") or resource.days("effectiveDateTime")
        if found or told.longest is None or start is None or self.as_of is None:
            return found
        days = math.ceil(told.longest)
        if (self.as_of - start.last).days < days:
            return ""
        return f"it has ended, or may have: {_days(start)}, for {days} days at most"

    def _in_time(self, reading: Reading, stance: str, why: str, when: _When) -> Reading:
        """The reading as its status and its dates have it."""
        ended, ends_later = self._ended(when.end)
        if stance == "stopped" and when.end is not None and ended is False:
            stance, why = "unclear", f"{why}, and its end is still to come"
        ids = tuple(dict.fromkeys(item.substance for item in reading.items))
        if stance == "forbidden":
            return _said(reading, why)._replace(outcome="ask", doubted=ids)
        if stance == "stopped":
            if ended and ends_later is not None and not reading.unread:
                items = tuple(item._replace(stopped=ends_later) for item in reading.items)
                return reading._replace(items=items, reason=_and(why, reading.reason))
            return _said(reading, why)._replace(stopped=ids, unread=reading.unread)
        if stance == "unclear":
            items = tuple(item._replace(is_taken=False) for item in reading.items)
            outcome = "ask" if reading.outcome == "accept" else reading.outcome
            return reading._replace(items=items, outcome=outcome, reason=_and(why, reading.reason))
        if stance == "planned":
            planned = tuple(item._replace(is_new=True, stopped=ends_later) for item in reading.items)
            return reading._replace(items=planned)
        started = self._started(when)
        return reading._replace(
            items=tuple(item._replace(started=started, stopped=ends_later) for item in reading.items)
        )

    def _denied(self, reading: Reading, why: str, resource: Element, named: Named) -> Reading:
        """Not taken: nothing of it, unless only a part of it, another time or a special case may be meant."""
        ids = tuple(dict.fromkeys(item.substance for item in reading.items))
        more = ""
        if reading.unread or len(ids) != 1 or not self._is_plain(ids[0], named):
            more = "it may hold for one kind, strength or product only"
        elif any(resource.table.get(field) for field in ("dosage", "statusReason")) or not self._says_no(resource, ids):
            more = "its dosage, reason or note may say that only a part is meant"
        elif not self._is_current(resource):
            more = "of another time"
        if more:
            return _said(reading, f"{why}; {more}")._replace(outcome="ask", doubted=ids)
        return _said(reading, why)._replace(denied=ids)

    def _says_no(self, resource: Element, ids: tuple[str, ...]) -> bool:
        """Whether each note is no more than the words of the same plain no, as `--format fhir` writes it."""
        for note in resource.all("note"):
            read = self.names.reader.read(line_of(plain(note.text("text"))))
            only_no = Reading(read.text, "ignore", denied=read.denied, reason=read.reason)
            if read != only_no or not set(ids) <= set(read.denied):
                return False
        return True

    def _is_plain(self, id: str, named: Named) -> bool:
        """Whether every name that was given is just a name of it: no form, no strength, no salt, no brand."""
        entry = self.vocabulary[id]
        names = {words(name) for name in (entry.label, *entry.names)}
        said = named.said or (named.line,)
        return all(words(one) in names and not entry.is_narrower(one) and not entry.is_compound(one) for one in said)

    def _is_current(self, resource: Element) -> bool:
        """Whether its dates, if it has any, are all of the last year and none still to come."""
        period = resource.one("effectivePeriod")
        began, ended = (period.days("start"), period.days("end")) if period else (None, None)
        asserted = resource.days("dateAsserted")
        told = [one for one in (resource.days("effectiveDateTime"), asserted, began, ended) if one is not None]
        if self.as_of is None:
            return not told
        if ended is not None and ended.first < self.as_of:
            return False
        # Not since a day long ago is of now where somebody has said so lately.
        of_now = [one for one in told if one is not ended and (one is not began or asserted is None)]
        is_past = all(one.last <= self.as_of for one in told if one is not ended)
        return is_past and all((self.as_of - one.first).days < OLD_DAYS for one in of_now)

    def _ended(self, end: Days | None) -> tuple[bool | None, date | None]:
        """Whether it has ended (None: perhaps), and the last day that it may have ended on."""
        if end is None:
            return False, None
        if self.as_of is None or end.first <= self.as_of < end.last:
            return None, end.last
        return end.last <= self.as_of, end.last

    def _started(self, when: _When) -> date | None:
        """The day of the beginning, or the latest possible one where even that is long ago."""
        start = when.start
        if start is None or (start.only is not None and when.is_sure):
            return start.only if start else None
        is_old = self.as_of is not None and (self.as_of - start.last).days >= OLD_DAYS
        return start.last if is_old else None


def _taken(resource: Element) -> _When:
    period = resource.one("effectivePeriod")
    if period is None:
        return _When(None, None)  # a moment says when it was so, not since when
    when = _When(period.days("start"), period.days("end"))
    if when.start and when.end and when.end.last < when.start.first:
        raise period.wrong("end", "the end is before the start")
    return when


def _prescribed(resource: Element) -> _When:
    """Since when a medicine is prescribed, at the latest: a recent prescription may be a renewal."""
    return _When(resource.days("authoredOn"), None, is_sure=False)


def unusable(resource: Element, reason: str) -> Reading:
    """A resource that may be about anything that is taken, and is not counted as anything."""
    shown = _short(shown_of(resource))
    return Reading(_text(shown, resource), "refuse", unread=(shown or resource.label,), reason=reason)


def _text(words: str, resource: Element) -> str:
    return f"{_short(words)} ({resource.label})" if words else resource.label


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."


def _said(reading: Reading, why: str) -> Reading:
    """What the reading says without what is taken."""
    return Reading(reading.text, "ignore", reason=why)


def _undosed(reading: Reading, why: str) -> Reading:
    """The reading without how much and how often."""
    items = tuple(item._replace(amount=None, also=None, schedule=None) for item in reading.items)
    outcome = "ask" if reading.outcome == "accept" else reading.outcome
    return reading._replace(items=items, outcome=outcome, reason=_and(reading.reason, why))


def _days(days: Days) -> str:
    """A day as it is known: "2026-11-20", or the first and the last that it may be."""
    return days.first.isoformat() if days.only else f"some day from {days.first} to {days.last}"


def _and(*reasons: str) -> str:
    return "; ".join(dict.fromkeys(filter(None, reasons)))
