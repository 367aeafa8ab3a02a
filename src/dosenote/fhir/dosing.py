"""A named medication and its dosages → a Reading, through the same reader as every line."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from dosenote.fhir.element import NotUsable
from dosenote.fhir.joining import are_one, in_phase, joined, merged, together
from dosenote.fhir.naming import RELEASE, Named, Names, says_more
from dosenote.fhir.timing import Told, no_amount
from dosenote.quantity import Amount, convert
from dosenote.reader.canonical import amount_text, item_text, schedule_text
from dosenote.regimen import UNUSUAL, Item, Reading, Schedule

#: A strength in a name: "5 MG", "400 UNT", "1 MG/ML".
_STRENGTH = re.compile(r"\b\d[\d.,]*\s*(?:mg|mcg|ug|µg|μg|g|iu|unt|units?)\b(?:\s*/\s*[\d.]*\s*\w+)?", re.IGNORECASE)
#: What stands in brackets and holds a number: "(500 MG elemental calcium)".
_INNER = re.compile(r"\([^()]*\d[^()]*\)")
#: Two ways of writing one amount may differ by rounding.
_SAME = Decimal("0.03")


class _Wording(NamedTuple):
    """How the words of a dosage are read. is_clear: whether all of them were understood."""

    reading: Reading
    is_clear: bool


class Dosing:
    """Reads dosages with one reader."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.reader = names.reader
        self.vocabulary = names.vocabulary

    def read(self, named: Named, dosages: tuple[Told, ...]) -> Reading:
        """One reading of all dosages. Raises NotUsable where they speak of something else than the name."""
        sequences = [one.sequence for one in dosages]
        if len(dosages) <= 1:
            return self._one(named, dosages[0] if dosages else None)
        readings = [self._one(named, one) for one in dosages]
        why = "it has more than one dosage, and not how they go together"
        if None not in sequences and len(set(sequences)) == len(sequences) and self._at_other_times(named, dosages):
            why = "are its dosages steps that follow one another, or taken on the same day?"
        elif None not in sequences and len(set(sequences)) == len(sequences):
            order = sorted(range(len(dosages)), key=lambda place: sequences[place] or 0)
            return together(named, [in_phase(readings[place], phase) for phase, place in enumerate(order, 1)])
        elif None not in sequences and len(set(sequences)) == 1:
            return together(named, readings)  # FHIR: the same number is at the same time
        first = readings[0]
        items = tuple(item._replace(amount=None, also=None, schedule=None) for item in first.items)
        both = together(named, readings)
        return both._replace(items=items, outcome="ask", reason=joined((both.reason, why)))

    def _at_other_times(self, named: Named, dosages: tuple[Told, ...]) -> bool:
        """Whether dosages differ in the time of day or the weekday: they may be parts of one day or week, not steps.

        Those that hold between days that do not overlap are steps all the same.
        """
        times = [one.at.union(*(self._times(named, text) for text in one.texts)) for one in dosages]
        spans = sorted((one.begins.first, one.ends.last) for one in dosages if one.begins and one.ends)
        is_apart = len(spans) == len(dosages) and all(before[1] <= after[0] for before, after in pairwise(spans))
        return len(set(times)) > 1 and not is_apart

    def _times(self, named: Named, text: str) -> frozenset[str]:
        items = self.reader.read(f"{named.line}, {text}").items
        days = (day for item in items if item.schedule for day in item.schedule.days)
        return frozenset((*days, *(moment for item in items for moment in item.moments)))

    def _one(self, named: Named, told: Told | None) -> Reading:
        if len(named.parts) > 1:
            reading = self._parts(named, told)
        else:
            compounds = self._compounds(named)
            named = named._replace(line=next(iter(compounds.values()), named.line))
            reading = self.reader.read(named.line) if told is None else self._dosed(named, told)
            reading = self._settled(named, reading)
            reading = self._doubted(named, reading, told, compounds)
        unread = tuple(dict.fromkeys((*named.unread, *reading.unread)))
        why = [reading.reason]
        if named.unread:
            why.append("what its name says was not understood")
        if unread and reading.items:
            reading = reading._replace(items=tuple(item._replace(amount=None, also=None) for item in reading.items))
        open_ = reading.outcome == "accept" and (unread or any(why))
        return reading._replace(outcome="ask" if open_ else reading.outcome, unread=unread, reason=joined(why))

    def _compounds(self, named: Named) -> dict[str, str]:
        """The names that are those of a compound, by its salt: a dose may be its weight or that of the element."""
        found: dict[str, str] = {}
        for text in (named.line, *named.said):
            line = " ".join(RELEASE.sub(" ", text).split())
            read = self.reader.read(f"{_bare(line)} 1000 mg")
            if len(read.items) == 1 and "elemental" in read.missing:
                found.setdefault(read.items[0].salt, line)
        return found

    def _doubted(self, named: Named, reading: Reading, told: Told | None, compounds: dict[str, str]) -> Reading:
        """The reading without an amount that another name contradicts, or of which it is not told what it weighs."""
        why = []
        if len(compounds) > 1:
            why.append("its names are those of different salts")
        names = [self.reader.read(RELEASE.sub(" ", text).strip()) for text in (named.line, *named.said)]
        if any(self._differ(one, other) for place, one in enumerate(names) for other in names[:place]):
            why.append("its names do not give the same strength")
        for text in told.texts if told else ():
            alone = self.reader.read(text)
            is_weighed = any(item.amount is not None and not item.salt for item in alone.items)
            if compounds and is_weighed and "elemental" not in (*alone.missing, *text.casefold().split()):
                why.append("is its dose the weight of the mineral, or of the whole compound?")
        if told is not None and (told.has_dose or told.has_timing) and self._is_against(names, reading, told):
            why.append("its name and its dosage do not say the same about how much and how often")
            reading = reading._replace(items=tuple(item._replace(schedule=None) for item in reading.items))
        if not why:
            return reading
        items = tuple(item._replace(amount=None, also=None) for item in reading.items)
        outcome = "ask" if reading.outcome == "accept" else reading.outcome
        return reading._replace(items=items, outcome=outcome, reason=joined((reading.reason, *why)))

    def _differ(self, one: Reading, other: Reading) -> bool:
        """Whether two names give different amounts of one thing; one that may be a range holds what lies in it."""
        return any(
            self.names.is_kin(mine.substance, theirs.substance) and not self._overlap(mine, theirs)
            for mine in one.items
            for theirs in other.items
        )

    def _overlap(self, mine: Item, theirs: Item) -> bool:
        if mine.amount is None or theirs.amount is None:
            return True
        factor = self.vocabulary[mine.substance].mcg_per_iu or self.vocabulary[theirs.substance].mcg_per_iu
        ends = [
            None if end is None else convert(end, theirs.amount.unit, mine.amount.unit, factor)
            for end in (theirs.amount.low, theirs.amount.high)
        ]
        low, high = ends
        if low is None or (high is None and theirs.amount.high is not None):
            return False
        mine_high = mine.amount.high
        return (high is None or mine.amount.low <= high * (1 + _SAME)) and (
            mine_high is None or low <= mine_high * (1 + _SAME)
        )

    def _is_against(self, names: list[Reading], reading: Reading, told: Told) -> bool:
        """Whether a name that tells a whole dose, with how often, tells another one than the dosage."""
        whole = [one.items[0] for one in names if len(one.items) == 1 and one.items[0].schedule is not None]
        for item in reading.items if len(reading.items) == 1 else ():
            for one in whole:
                often = [schedule.times_per_day() for schedule in (one.schedule, told.schedule) if schedule is not None]
                if (told.has_timing and often[0] != often[-1]) or (told.has_dose and not self._overlap(one, item)):
                    return True
        return False

    def _settled(self, named: Named, reading: Reading) -> Reading:
        """The reading with the kind that a code tells: its name may say only "vitamin D"."""
        ids = {item.substance for item in reading.items}
        if not ids or not self.names.agree(frozenset(ids), named.ids) or says_more(reading):
            raise NotUsable("its dosage speaks of something else than its name")
        if len(named.ids) == 1:
            (id,) = named.ids
            return reading._replace(items=tuple(item._replace(substance=id) for item in reading.items))
        return reading

    # --- a medication with one name

    def _dosed(self, named: Named, told: Told) -> Reading:
        base = self.reader.read(named.line)
        wordings = [self._wording(named, text) for text in told.texts]
        problems = list(told.problems)
        if told.pieces:
            counted = self._counted(named, told.pieces) if len(base.items) == 1 else None
            wordings += [counted] if counted else []
            problems += [] if counted else [no_amount(told.pieces.partition(" ")[2])]
            told = told._replace(has_dose=counted is None)
        worded = merged([one.reading for one in wordings])
        is_clear = all(one.is_clear for one in wordings) and are_one([one.reading for one in wordings])
        if not (told.has_dose or told.has_timing):
            reading = worded or base
        elif len(base.items) != 1 or (worded is not None and len(worded.items) != 1):
            reading = self._several(named, told, worded)
            problems.append("how much of each is taken is not told in numbers")
        else:
            plain = self._plain(named.line)
            if plain is None:
                problems.append("its strength and its dose cannot be told apart")
            amount_from, amount = self._amount(told, worded, is_clear, problems, plain)
            schedule = self._schedule(told, worded, is_clear, problems)
            food = worded.items[0].with_food if worded else None
            if amount_from is not None:
                line = item_text(amount_from._replace(schedule=schedule, with_food=food, is_new=None), self.vocabulary)
            else:
                words = [plain or self.vocabulary[base.items[0].substance].label]
                words += [amount_text(amount)] if amount is not None else []
                words += [schedule_text(schedule, amount)] if schedule is not None else []
                words += [] if food is None else ["with food" if food else "without food"]
                line = " ".join(words)
            reading = self._checked(line, schedule)
            season = worded.items[0].season if worded else ""
            items = tuple(item._replace(season=season, duration_days=told.duration) for item in reading.items)
            reading = reading._replace(items=items)
        unread = tuple(dict.fromkeys(piece for one in wordings for piece in one.reading.unread))
        if wordings and not is_clear:
            problems.append("its instructions in words were not understood")
            items = tuple(item._replace(amount=None, also=None) for item in reading.items)
            reading = reading._replace(items=items)
        hard = [one for one in problems if not one.startswith("not used: ")]
        outcome = "ask" if reading.outcome == "accept" and hard else reading.outcome
        unread = tuple(dict.fromkeys((*reading.unread, *unread)))
        return reading._replace(outcome=outcome, unread=unread, reason=joined((reading.reason, *problems)))

    def _checked(self, line: str, schedule: Schedule | None) -> Reading:
        """The reader's own word on an amount and a schedule: it knows which amounts nobody takes."""
        reading = self.reader.read(line)
        if schedule is not None and len(reading.items) == 1 and reading.items[0].schedule != schedule:
            items = (reading.items[0]._replace(schedule=None),)
            reading = reading._replace(items=items, outcome="ask", reason="how often it is taken could not be used")
        return reading

    def _wording(self, named: Named, text: str) -> _Wording:
        """How instructions are read beside the name, or alone where they name the medication themselves."""
        alone = self.reader.read(text)
        if alone.items:
            reading = alone
        else:
            reading = self.reader.read(f"{named.line}, {text}")
            plain = self._plain(named.line)
            if plain is not None and plain != named.line:
                without = self.reader.read(f"{plain}, {text}")
                if len(without.items) == 1 and "amount" not in without.missing and not without.unread:
                    reading = without  # the instructions have an amount of their own, beside the strength
        ids = frozenset(item.substance for item in reading.items)
        if not ids or says_more(reading) or not self.names.agree(ids, named.ids):
            raise NotUsable(f'its instructions, "{text[:60]}", speak of something else than its name')
        is_clear = not reading.unread and reading.outcome != "refuse" and reading.reason in ("", UNUSUAL)
        return _Wording(reading, is_clear)

    def _counted(self, named: Named, pieces: str) -> _Wording | None:
        """What so many pieces hold, by the strength in the name; None where that tells none: "warfarin, 2 tablet"."""
        wording = self._wording(named, pieces)
        has_amount = len(wording.reading.items) == 1 and wording.reading.items[0].amount is not None
        return wording if wording.is_clear and has_amount else None

    def _plain(self, line: str) -> str | None:
        """The name without its strength; None where the strength is no part that can be taken off."""
        base = self.reader.read(line)
        if "amount" in base.missing:
            return line
        plain = _bare(line)
        again = self.reader.read(plain)
        is_same = [one.substance for one in again.items] == [one.substance for one in base.items]
        return plain if is_same and "amount" in again.missing and not again.unread else None

    def _amount(
        self, told: Told, worded: Reading | None, is_clear: bool, problems: list[str], plain: str | None
    ) -> tuple[Item | None, Amount | None]:
        """The item whose amount the words tell, or the amount that the numbers tell; neither where they differ."""
        item = worded.items[0] if worded else None
        in_words = item is not None and item.amount is not None
        if told.has_dose and told.amount is None:
            return None, None
        if told.amount is None:
            return (item, None) if in_words and is_clear else (None, None)
        if plain is None or (worded is not None and not is_clear):
            return None, None
        if item is not None and worded is not None and in_words:
            numbers = self.reader.read(f"{plain} {amount_text(told.amount)} daily")
            mine = numbers.items[0].amount if len(numbers.items) == 1 else None
            if mine is None or not self._is_same(item, mine):
                problems.append("its instructions in words and in numbers do not give the same amount")
                return None, None
        elif worded is not None and "amount" not in worded.missing:
            return None, None  # the words speak of an amount that could not be used
        return None, told.amount

    def _is_same(self, item: Item, amount: Amount) -> bool:
        entry = self.vocabulary[item.substance]
        assert item.amount is not None
        for mine, theirs in ((item.amount.low, amount.low), (item.amount.high, amount.high)):
            if mine is None or theirs is None:
                if mine is not theirs:
                    return False
                continue
            same = convert(theirs, amount.unit, item.amount.unit, entry.mcg_per_iu)
            if same is None or abs(same - mine) > _SAME * mine:
                return False
        return True

    def _schedule(self, told: Told, worded: Reading | None, is_clear: bool, problems: list[str]) -> Schedule | None:
        """How often by words and numbers; None where they differ, or where the words were not understood."""
        if worded is not None and not is_clear:
            return None
        item = worded.items[0] if worded else None
        in_words = item.schedule if item else None
        if not told.has_timing:
            return in_words
        if told.schedule is None:
            return in_words if told.texts and not any("how often" in one for one in told.problems) else None
        if in_words is None:
            is_unsaid = worded is None or any(one.endswith(": how often is it taken?") for one in worded.questions)
            if not is_unsaid:
                problems.append("how often it is taken is not clear from its instructions in words")
            return told.schedule if is_unsaid else None
        if told.schedule.times[1] is None and in_words.times[1] is not None:
            return replace(in_words, as_needed=True)  # as needed, and the words say how often at most
        if in_words.times[1] is None and in_words.as_needed and told.as_needed:
            return told.schedule
        mine, theirs = (
            (one.times_per_day(), one.once, one.as_needed, one.max_per_day) for one in (in_words, told.schedule)
        )
        days = {one.days for one in (in_words, told.schedule) if one.days}
        if mine[:3] != theirs[:3] or len(days) > 1:
            problems.append("its instructions in words and in numbers do not say the same about how often")
            return None
        best = in_words if in_words.days else told.schedule
        return replace(best, max_per_day=best.max_per_day or mine[3] or theirs[3])

    # --- a medication of several things

    def _several(self, named: Named, told: Told, worded: Reading | None) -> Reading:
        """Several things in one name: numbers say nothing of how much of each."""
        reading = worded or self.reader.read(named.line)
        schedules = {item.schedule for item in reading.items}
        if told.has_timing and schedules == {None}:
            schedules = {told.schedule}
        is_same = len(schedules) == 1 and (not told.has_timing or schedules == {told.schedule})
        schedule = next(iter(schedules)) if is_same else None
        items = tuple(item._replace(amount=None, also=None, schedule=schedule) for item in reading.items)
        return reading._replace(items=items)

    def _parts(self, named: Named, told: Told | None) -> Reading:
        """A Medication by its ingredients: which are there is known, and not how much is taken of each."""
        readings = [self.reader.read(line) for line in named.parts]
        schedule = told.schedule if told and not told.texts else None
        items = tuple(
            item._replace(amount=None, also=None, schedule=schedule) for one in readings for item in one.items
        )
        why = ["how much is taken of each ingredient is not told in a way that is used"]
        for text in told.texts if told else ():
            if not self._is_plain_wording(named, text):
                items = tuple(item._replace(is_taken=False) for item in items)
                why.append(f'its instructions, "{text[:60]}", were not understood: it is not clear whether it is taken')
        return Reading("", "ask", items, missing=("amount",), reason=joined(why))

    def _is_plain_wording(self, named: Named, text: str) -> bool:
        """Whether the instructions of a mixture say only how much and how often, and nothing that turns it round."""
        try:
            part = named.parts[0]
            ids = frozenset(item.substance for item in self.reader.read(part).items)
            return self._wording(named._replace(line=part, ids=ids), text).is_clear
        except NotUsable:
            return False


def _bare(line: str) -> str:
    """A name without its strengths."""
    return " ".join(_STRENGTH.sub(" ", _INNER.sub(" ", line)).split())
