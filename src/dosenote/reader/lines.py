"""Pieces → a Reading: which amount and which schedule belong to which name, and what is left over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from dosenote.quantity import IU, MCG_PER, Amount, convert, show_number
from dosenote.reader.grammar import ONE, STAGES, reduce
from dosenote.reader.lexicon import Lexicon, Piece
from dosenote.reader.tokens import tokenise
from dosenote.regimen import Closed, Item, Lab, Person, Reading, Schedule
from dosenote.vocabulary import Entry, Salt, Vocabulary

#: Roles of pieces that carry nothing by themselves once the line has been put together.
_SILENT = frozenset({"neutral", "filler", "open", "close", "comma", "slash", "and", "equals", "to"})
#: Two ways of writing one dose may differ by rounding: 37.5 mcg is printed as 38 mcg.
_SAME = Decimal("0.03")
#: More pieces than this at one time is more likely the size of the package.
_MOST_AT_ONCE = 12


class Reader:
    """Reads lines with one vocabulary. Build it once: the lexicon is made when the first line is read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._lexicon = Lexicon(vocabulary)

    def read(self, line: str) -> Reading:
        """How one line is understood. Nothing is assumed that the line does not say."""
        pieces = self._lexicon.pieces(tokenise(line))
        brackets = [piece for piece in pieces if piece.role not in ("neutral", "filler")]
        pieces = reduce(brackets, STAGES)
        return _Line(line, self.vocabulary, pieces).reading()

    def read_all(self, lines: Iterable[str]) -> tuple[Reading, ...]:
        """Every line that holds something; blank lines and lines that start with # are passed over."""
        return tuple(self.read(line) for line in lines if line.strip() and not line.lstrip().startswith("#"))


@dataclass(slots=True)
class _Segment:
    """One name with all that stands beside it."""

    entry: Entry
    amounts: list[tuple[Amount, bool]] = field(default_factory=list)
    element: tuple[Amount, bool] | None = None
    salt: str = ""
    count: tuple[Decimal, Decimal] | None = None
    form: str = ""
    schedules: list[Schedule] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    cap: Decimal | None = None
    ceiling: Amount | None = None
    with_food: bool | None = None
    as_needed: bool = False
    single: bool = False
    unclear: list[str] = field(default_factory=list)


class _Line:
    def __init__(self, text: str, vocabulary: Vocabulary, pieces: list[Piece]) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.pieces = pieces
        self.unread: list[Piece] = []
        self.missing: list[str] = []
        self.questions: list[str] = []
        self.reasons: list[str] = []
        self.refused = False
        self.labs: list[Lab] = []
        self.person = Person()
        self.closed = Closed()
        self.conditions: list[str] = []
        self.foods: list[str] = []

    def reading(self) -> Reading:
        self._statements()
        names = self._names()
        segments = self._segments(names)
        negated = [piece for piece in self.pieces if piece.role == "not"]
        stopped = [piece for piece in self.pieces if piece.role == "stopped"]
        if segments and stopped and len(stopped) >= len(segments) and not negated:
            return self._finish((), "ignore", "it says that this is no longer taken")
        certain = not (negated or stopped)
        items = tuple(self._item(segment, certain) for segment in segments)
        if segments and not certain:
            words = ", ".join(f'"{piece.value}"' for piece in (*negated, *stopped))
            self.reasons.append(f"{words} leaves open what is taken")
        elif not segments:
            self.unread += negated + stopped
        if self.refused:
            return self._finish(items, "refuse")
        if self.unread or self.missing or self.reasons:
            return self._finish(items, "ask")
        if items:
            return self._finish(items, "accept")
        return self._finish((), "ignore", "no dose" if self._said_something() else "nothing to read")

    def _said_something(self) -> bool:
        return bool(self.conditions or self.foods or self.labs or self.closed != Closed() or self.person != Person())

    def _finish(self, items: tuple[Item, ...], outcome: Any, reason: str = "") -> Reading:
        ignored = outcome == "ignore" and reason == "it says that this is no longer taken"
        unread = () if ignored else self._unread()
        suggestions = tuple(dict.fromkeys(
            label for word in unread for label in self.vocabulary.suggestions(word)
        ))  # fmt: skip
        return Reading(
            text=self.text,
            outcome=outcome,
            items=items,
            conditions=tuple(self.conditions),
            foods=tuple(self.foods),
            labs=tuple(self.labs),
            person=self.person,
            closed=self.closed,
            unread=unread,
            missing=tuple(dict.fromkeys(self.missing)),
            questions=tuple(dict.fromkeys(self.questions)),
            suggestions=suggestions,
            reason=reason or "; ".join(dict.fromkeys(self.reasons)),
        )

    def _unread(self) -> tuple[str, ...]:
        """What was not understood, as it was entered, neighbours joined."""
        joined: list[list[int]] = []
        for piece in sorted(self.unread, key=lambda piece: piece.start):
            if joined and not self.text[joined[-1][1] : piece.start].strip(" -'’.®™"):
                joined[-1][1] = max(joined[-1][1], piece.end)
            else:
                joined.append([piece.start, piece.end])
        return tuple(self.text[start:end] for start, end in joined)

    # --- statements about the person, and names

    def _statements(self) -> None:
        """Take out facts about the person and lists declared complete."""
        rest = []
        for piece in self.pieces:
            if piece.role == "person_fact":
                self.person = self.person.with_(piece.value)
            elif piece.role == "closed":
                self.closed = self.closed | Closed(**{piece.value: True})
            else:
                rest.append(piece)
        self.pieces = rest

    def _names(self) -> list[Piece]:
        """The names of what is taken; conditions, foods and lab values are taken out on the way."""
        rest: list[Piece] = []
        used: list[Piece | None] = []
        for number, piece in enumerate(self.pieces):
            if piece in used:
                continue
            kind = piece.value.kind if piece.role == "name" else ""
            if kind == "condition":
                self.conditions.append(piece.value.id)
            elif kind == "food":
                self.foods.append(piece.value.id)
            elif kind == "lab":
                used.append(self._lab(piece.value, self.pieces[number + 1 :]))
            elif kind and rest and rest[-1].role == "name" and self._same(rest[-1], piece):
                deeper = max(rest[-1].value, piece.value, key=lambda entry: len(self.vocabulary.surely(entry.id)))
                rest[-1] = Piece("name", deeper, rest[-1].start, piece.end)
            elif not (kind and rest and rest[-1].role == "open" and len(rest) > 1 and self._repeats(rest, piece)):
                rest.append(piece)
        self.pieces = rest
        only_said = self.foods or self.conditions or self.labs
        if only_said and not any(piece.role == "name" for piece in rest):
            harmless = ("schedule", "time", "meal", "food", "count", "form", "every", "period", "reading", "amount")
            self.pieces = [piece for piece in rest if piece.role not in harmless]
        return [piece for piece in self.pieces if piece.role == "name"]

    def _same(self, first: Piece, second: Piece) -> bool:
        """Whether two names side by side are one thing: "Coumadin warfarin", "vitamin D cholecalciferol"."""
        one, two = first.value.id, second.value.id
        return one in self.vocabulary.surely(two) or two in self.vocabulary.surely(one)

    def _repeats(self, rest: list[Piece], piece: Piece) -> bool:
        """A name in brackets that says again what stands before them: "vitamin D3 (cholecalciferol)"."""
        before = rest[-2]
        if before.role != "name" or not self._same(before, piece):
            return False
        deeper = max(before.value, piece.value, key=lambda entry: len(self.vocabulary.surely(entry.id)))
        rest[-2] = Piece("name", deeper, before.start, piece.end)
        return True

    def _lab(self, entry: Entry, after: list[Piece]) -> Piece | None:
        """Note the value that follows the name of a lab test; the piece that holds it."""
        for piece in after:
            if piece.role == "name":
                break
            if piece.role in ("reading", "quantity"):
                (low, high, unclear), unit = piece.value if piece.role == "reading" else (piece.value, "")
                factor = entry.units.get(unit or "1")
                if unclear or low != high or factor is None:
                    self.reasons.append(f"the unit of {entry.label} is missing or not known")
                else:
                    self.labs.append(Lab(entry.id, low * factor, self.text.strip()))
                return piece
        self.reasons.append(f"no value stands beside {entry.label}")
        return None

    # --- segments: a name and what belongs to it

    def _segments(self, names: list[Piece]) -> list[_Segment]:
        segments = [_Segment(piece.value) for piece in names]
        if not segments:
            self.unread += [
                piece for piece in self.pieces if piece.role not in _SILENT and piece.role not in ("not", "stopped")
            ]
            return []
        amounts = [piece for piece in self.pieces if piece.role == "amount"]
        owners = self._owners(names, amounts)
        for piece in self.pieces:
            if piece.role == "name":
                continue
            before = [number for number, name in enumerate(names) if name.start < piece.start]
            near = segments[before[-1] if before else 0]
            if piece.role == "amount":
                owner = owners.get(piece.start)
                if owner is None:
                    self.unread.append(piece)
                else:
                    segments[owner].amounts.append(piece.value)
            elif not self._take(near, piece):
                self.unread.append(piece)
        self._share(segments)
        return segments

    def _owners(self, names: list[Piece], amounts: list[Piece]) -> dict[int, int]:
        """Which name each amount belongs to, by the place of the amount; none where that is not clear."""
        if len(names) == 1:
            return {amount.start: 0 for amount in amounts}
        if len(amounts) == len(names):
            if all(amount.start < name.start for amount, name in zip(amounts, names, strict=True)):
                between = all(
                    names[n].start < amounts[n + 1].start for n in range(len(names) - 1)
                )  # "5000 IU D3 and 100 mcg K2"
                if between:
                    return {amount.start: n for n, amount in enumerate(amounts)}
            if amounts and names[-1].start < amounts[0].start:  # "D3/K2 5000 IU/100 mcg"
                fits = all(
                    _fits(amount.value[0], name.value) for amount, name in zip(amounts, names, strict=True)
                )
                return {amount.start: n for n, amount in enumerate(amounts)} if fits else {}
        if amounts and amounts[0].start < names[0].start:
            return {}
        if len(amounts) > len(names) and names[-1].start < amounts[0].start:
            return {}
        return {
            amount.start: max(n for n, name in enumerate(names) if name.start < amount.start) for amount in amounts
        }

    def _take(self, segment: _Segment, piece: Piece) -> bool:
        """Give a piece to its segment; False when it has no place there."""
        role, value = piece.role, piece.value
        if role == "schedule":
            segment.schedules.append(value)
        elif role == "time":
            segment.times.append(value)
        elif role == "meal":
            segment.times.append(value)
            segment.with_food = True
        elif role == "food":
            segment.with_food = value
        elif role == "unclear":
            segment.unclear.append(value)
        elif role == "as_needed":
            segment.as_needed = True
        elif role == "single":
            segment.single = True
        elif role == "form" and not segment.form:
            segment.form = value
        elif role == "count" and segment.count is None and not value[0][2]:
            segment.count, segment.form = value[0][:2], value[1]
        elif role == "quantity" and segment.count is None and segment.amounts and not value[2]:
            segment.count = value[:2]
        elif role == "cap" and segment.cap is None:
            segment.cap = value
        elif role == "ceiling" and segment.ceiling is None:
            segment.ceiling = value
        elif role == "element" and segment.element is None:
            segment.element = value
        elif role == "salt" and not segment.salt and any(value in salt.names for salt in segment.entry.salts):
            segment.salt = value
        elif role not in (*_SILENT, "not", "stopped"):
            return False
        return True

    def _share(self, segments: list[_Segment]) -> None:
        """A schedule at the end of a line speaks for the names before it that have none of their own."""
        for number in range(len(segments) - 2, -1, -1):
            mine, later = segments[number], segments[number + 1]
            if not (mine.schedules or mine.times or mine.unclear or mine.as_needed or mine.single):
                mine.schedules, mine.times, mine.unclear = later.schedules, later.times, later.unclear
                mine.as_needed, mine.single = later.as_needed, later.single
                mine.with_food = later.with_food if mine.with_food is None else mine.with_food

    # --- items

    def _item(self, segment: _Segment, certain: bool) -> Item:
        entry = segment.entry
        amount, also = self._amount(segment)
        schedule = self._schedule(segment, amount)
        if segment.count is not None and amount is not None:
            if segment.count[1] > _MOST_AT_ONCE:
                self._ask(entry, "amount", f"{show_number(segment.count[1])} at one time: is that the package?")
                amount = None
            else:
                amount = amount.times(*segment.count)
        if amount is not None and amount.high is not None and amount.high <= 0:
            self.reasons.append("an amount of zero is not a dose")
            amount = None
        return Item(
            text=self.text.strip(),
            substance=entry.id,
            amount=amount,
            also=also,
            schedule=schedule,
            with_food=segment.with_food,
            form=segment.form,
            salt=segment.salt,
            is_taken=certain,
        )

    def _ask(self, entry: Entry, missing: str, question: str) -> None:
        self.missing.append(missing)
        self.questions.append(f"{entry.label}: {question}")

    def _amount(self, segment: _Segment) -> tuple[Amount | None, Amount | None]:
        """The amount each time, and the same amount in a second unit."""
        entry, amounts = segment.entry, list(segment.amounts)
        if segment.element is not None:
            if len(amounts) > 1:
                self.reasons.append("more amounts than one line can hold")
            return segment.element[0], None
        if not amounts:
            stray = [piece for piece in self.unread if piece.role == "quantity"]
            if stray:
                self._ask(entry, "unit", "which unit stands behind the number on the label?")
            else:
                self._ask(entry, "amount", "how much is it each time, with the unit?")
                self.missing.append("unit")
            return None, None
        (amount, unclear), *others = amounts
        if unclear:
            low, high = show_number(amount.low), show_number(amount.high or 0)
            self._ask(entry, "amount", f"is it {low} {amount.unit} or {high} {amount.unit}?")
            self.reasons.append("the point may part thousands or decimals")
        if amount.unit == IU and entry.unit and entry.mcg_per_iu is None:
            self._ask(entry, "unit", "it is not given in IU; what does the label say in mg or mcg?")
            self.reasons.append(f"{entry.label} has no conversion from IU")
            return None, None
        if not others:
            return self._elemental(segment, amount), None
        second = others[0][0]
        if len(others) > 1 or unclear or others[0][1]:
            self.reasons.append("more amounts than one line can hold")
            return None, None
        return self._two(segment, amount, second)

    def _two(self, segment: _Segment, first: Amount, second: Amount) -> tuple[Amount | None, Amount | None]:
        """Two amounts of one thing: one dose in two units, or a salt with its element; else they contradict."""
        entry = segment.entry
        same = convert(second.low, second.unit, first.unit, entry.mcg_per_iu)
        if same is not None and abs(same - first.low) <= _SAME * first.low and second.high == second.low:
            return first, second
        salt = _salt(entry, segment.salt)
        if salt is not None and same is not None:
            part, whole = sorted((first.low, same))
            if salt.elemental_low - _SAME <= part / whole <= salt.elemental_high + _SAME:
                return (first if first.low == part else second), None
        self.reasons.append("two amounts that are not the same")
        self.refused = True
        self.questions.append(f"{entry.label}: which of the two amounts does the label give?")
        return None, None

    def _elemental(self, segment: _Segment, amount: Amount) -> Amount:
        """Beside the name of a salt a weight may be the salt's or the element's: at least the one, at most the other."""
        salt = _salt(segment.entry, segment.salt)
        if salt is None or amount.unit not in MCG_PER:
            return amount
        label = segment.entry.label
        self._ask(
            segment.entry,
            "elemental",
            f"is {show_number(amount.low)} {amount.unit} the weight of the {label} or of the {label} {segment.salt}?",
        )
        return Amount(amount.low * salt.elemental_low, amount.high, amount.unit)

    def _schedule(self, segment: _Segment, amount: Amount | None) -> Schedule | None:
        entry, said = segment.entry, set(segment.schedules)
        if segment.unclear:
            self._ask(entry, "frequency", f"how often: {segment.unclear[0]}?")
            return None
        if len(said) > 1:
            self._ask(entry, "frequency", "the line says two different things about how often")
            self.reasons.append("two schedules in one line")
            return None
        if segment.single:
            return Schedule((ONE, ONE), once=True)
        if said:
            schedule = said.pop()
        elif segment.times:
            times = Decimal(len(set(segment.times)))
            schedule = Schedule((times, times))
        elif segment.as_needed:
            schedule = Schedule((Decimal(0), None))
        else:
            self._ask(entry, "frequency", "how often is it taken?")
            return None
        schedule = replace(schedule, as_needed=segment.as_needed)
        ceiling = None if segment.ceiling is None or amount is None else segment.ceiling.high
        if segment.cap is not None and amount is not None and amount.high is not None:
            ceiling = segment.cap * amount.high
        if ceiling is not None:
            schedule = replace(schedule, max_per_day=ceiling)
        elif segment.as_needed and schedule.times[1] is None:
            self._ask(entry, "frequency", "at most how many times a day?")
        return schedule


def _salt(entry: Entry, word: str) -> Salt | None:
    return next((salt for salt in entry.salts if word in salt.names), None)


def _fits(amount: Amount, entry: Entry) -> bool:
    """Whether a substance can be given in this unit at all."""
    return not entry.unit or convert(amount.low, amount.unit, entry.unit, entry.mcg_per_iu) is not None
