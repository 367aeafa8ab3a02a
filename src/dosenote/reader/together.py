"""What of a line with several names may hold for one of them or for all: how many pieces, and the same thing twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from dosenote.quantity import DAYS_PER, Amount, convert, show_number
from dosenote.reader.guard import is_large, judge
from dosenote.reader.makers import ONE
from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import Segment
from dosenote.regimen import Closed, Item, Person, Reading
from dosenote.vocabulary import Vocabulary, words


def _is_product(text: str, names: list[Piece], segments: list[Segment]) -> bool:
    """Whether the names stand with slashes between them, and behind them one amount each, likewise.

    So it is with plus signs where both amounts are those of one drop or capsule: "D3+K2 (1000 IU + 25 mcg per drop)".
    """
    amounts = [piece for segment in segments for piece in segment.amounts]
    gaps = [text[one.end : two.start].strip() for row in (names, amounts) for one, two in pairwise(row)]
    each_has_one = len(amounts) == len(names) and names[-1].end <= amounts[0].start
    last = segments[-1]
    is_of_piece = last.per == ONE and last.per_form == last.form != ""
    return each_has_one and (set(gaps) == {"/"} or (set(gaps) == {"+"} and is_of_piece))


def count_together(text: str, segments: list[Segment], names: list[Piece], notes: Notes) -> None:
    """ "D3 + K2, 3 capsules": the count holds for the whole product, or for the last name; nobody can tell.

    "D3/K2 5000 IU/100 mcg, 2 capsules" is one product.
    """
    counts = {segment.count for segment in segments}
    if counts == {None, segments[-1].count} and _is_product(text, names, segments):
        for segment in segments:
            segment.count, segment.form = segments[-1].count, segments[-1].form
            segment.per, segment.per_form = segments[-1].per, segments[-1].per_form
        return
    doubtful: dict[int, tuple[Decimal, Decimal]] = {}
    for counted in segments:
        if counted.count in (None, (ONE, ONE)):
            continue
        place = segments.index(counted)
        others = range(place + 1 if counted.count_heads else 0, len(segments))
        ends = counted.count_ends and counted is segments[-1]
        with_it = [n for n in others if n != place and (ends or _shares_count(segments[n], counted))]
        with_it = [n for n in with_it if segments[n].count is None]
        if with_it:
            doubtful |= dict.fromkeys((place, *with_it), counted.count)
    for number, (low, high) in sorted(doubtful.items()):
        segments[number].count = (min(low, ONE), max(high, ONE))
        question = f"does it hold for each that there are {show_number(high)} of them?"
        notes.ask(segments[number].entry, "amount", question)


def _shares_count(segment: Segment, counted: Segment) -> bool:
    """Whether how many there are of one may hold for another: that has no how often of its own."""
    return segment.schedules is counted.schedules or not segment.says_how_often()


def ask_which(segments: list[Segment], notes: Notes) -> None:
    """The same thing twice in one line, without a schedule for each: which amount is which is not clear."""
    named = [segment.entry.id for segment in segments]
    for segment in segments:
        twins = [other for other in segments if other.entry is segment.entry]
        if named.count(segment.entry.id) > 1 and not segment.phase:
            marked = any(other.is_elemental or other.element for other in twins)
            often = [(tuple(other.schedules), tuple(other.times)) for other in twins]
            if marked or len(set(often)) < len(often) or not all(other.says_how_often() for other in twins):
                segment.amounts, segment.element = [], None
                notes.reasons.append("more amounts than one line can hold")


#: A strength at the end of a brand: "KLOR-CON M20", "aspirin 81".
_STRENGTH = re.compile(r"[\s-][a-z]?(\d{2,5})\s*$", re.IGNORECASE)
_FEWEST_FIGURES = 2


def ask_strength(text: str, segments: list[Segment], names: list[Piece], vocabulary: Vocabulary, notes: Notes) -> None:
    """ "KLOR-CON M20 10 mEq": what the name says is not what the amount is; nobody can tell which is right.

    Without a count an amount may be that of several pieces, and of a name that is none without its number, B12, the
    number says nothing.
    """
    for number, name in enumerate(names):
        if not text[name.end - _FEWEST_FIGURES : name.end].isdecimal():
            continue
        said = _STRENGTH.search(text, name.start, name.end)
        if said is None or vocabulary.by_name.get(words(text[name.start : said.start()])) is not name.value:
            continue
        of_each = len(segments) == len(names)
        mine = segments[number : number + 1] if of_each else [one for one in segments if one.entry is name.value]
        for segment in mine:
            if segment.amounts and not _may_be_of(Decimal(said[1]), segment):
                segment.amounts = []
                notes.reasons.append(f"the name says {said[1]}, and the amount is another")


def _may_be_of(strength: Decimal, segment: Segment) -> bool:
    """Whether an amount is that of one piece of a strength, or of several; or the strength is in another unit."""
    amount = segment.amounts[0].value[0]
    is_some = segment.count is None and amount.low in (strength * 2, strength * 3, strength * 4)
    is_in_unit = judge(segment.entry, Amount(strength, strength, amount.unit), None).verdict != "refuse"
    return amount.low == strength or is_some or not is_in_unit


def merged(line: str, parts: list[Reading]) -> Reading:
    """One reading of a line from the readings of its sentences; raises DosenoteError where they contradict."""
    person, closed = Person(), Closed()
    for part in parts:
        person, closed = person.with_(part.person), closed | part.closed
    found = {
        name: tuple(dict.fromkeys(one for part in parts for one in getattr(part, name)))
        for name in (
            "conditions",
            "foods",
            "labs",
            "denied",
            "stopped",
            "doubted",
            "questions",
            "assumed",
            "missing",
            "unread",
            "suggestions",
        )
    }
    items = tuple(item for part in parts for item in part.items)
    reason = "" if items else parts[0].reason
    return Reading(line, "accept" if items else "ignore", items, person=person, closed=closed, reason=reason, **found)


def said_twice(items: Sequence[Item], vocabulary: Vocabulary) -> bool:
    """Whether two items may be one under two names: "Eliquis 5 mg bid; apixaban 5 mg bid", "D3 ...; vitamin D ...".

    Or one of them the sum of others: "vitamin K 120 mcg (K1 100 mcg, K2 20 mcg)".
    """
    return (len(items) > 2 and any(_is_sum(item, items, vocabulary) for item in items)) or any(
        one.substance in vocabulary.surely(two.substance) or two.substance in vocabulary.surely(one.substance)
        for one, two in combinations(items, 2)
        if one.schedule == two.schedule
        and one.phase == two.phase
        and (one.moments == two.moments or not one.moments or not two.moments)
        and _is_as_much(one, two, vocabulary)
    )


def _is_sum(whole: Item, items: Sequence[Item], vocabulary: Vocabulary) -> bool:
    """Whether an amount is that of two or more kinds of the same together, with the same schedule."""
    if whole.amount is None:
        return False
    per_iu = vocabulary[whole.substance].mcg_per_iu
    parts = [
        convert(item.amount.low, item.amount.unit, whole.amount.unit, vocabulary[item.substance].mcg_per_iu or per_iu)
        for item in items
        if item.amount is not None
        and item.schedule == whole.schedule
        and item.substance != whole.substance
        and whole.substance in vocabulary.surely(item.substance)
    ]
    return len(parts) > 1 and sum(part or 0 for part in parts) == whole.amount.low


def _is_as_much(one: Item, two: Item, vocabulary: Vocabulary) -> bool:
    if one.amount is None or two.amount is None:
        return False
    per_iu = vocabulary[one.substance].mcg_per_iu or vocabulary[two.substance].mcg_per_iu
    return convert(one.amount.low, one.amount.unit, two.amount.unit, per_iu) == two.amount.low


def ask_which_days(reading: Reading, vocabulary: Vocabulary) -> Reading:
    """The reading of a line, asked about where a dose of some days may be in place of the one of each day, or more."""
    question = _which_days(reading.items, reading.items, vocabulary)
    return _asked(reading, question) if question else reading


def ask_which_days_of_all(readings: Sequence[Reading], vocabulary: Vocabulary) -> list[Reading]:
    """The same for the lines of a list: "warfarin 5 mg daily", and below it "warfarin 2.5 mg Sunday"."""
    found = list(readings)
    dosed = [(place, one.items) for place, one in enumerate(readings) if one.items and one.outcome == "accept"]
    if not any(_is_of_some_days(item) for _, items in dosed for item in items):
        return found
    for (one, first), (two, second) in combinations(dosed, 2):
        for place, mine, others in ((one, first, second), (two, second, first)):
            question = _which_days(mine, others, vocabulary)
            if question and found[place].outcome == "accept":
                found[place] = _asked(found[place], question)
    return found


def _asked(reading: Reading, question: str) -> Reading:
    reason = "it is not clear whether that is taken in place of the daily dose, or as well"
    return reading._replace(outcome="ask", reason=reason, questions=(*reading.questions, question))


def _which_days(items: Sequence[Item], others: Sequence[Item], vocabulary: Vocabulary) -> str:
    """What to ask of the first of some items that may replace one of the others on its days; or "".

    Of supplements that one product holds together another product holds more: those are added.
    """
    for item in filter(_is_of_some_days, items):
        entry = vocabulary[item.substance]
        is_alone = entry.kind == "medicine" or all(
            one.substance == other.substance for row in (items, others) for one in row for other in row
        )
        if entry.spaced or not is_alone or item.amount is None or is_large(entry, item.amount):
            continue
        if any(_is_each_day(other) and _may_be_one(item, other, vocabulary) for other in others):
            return f"{entry.label}: on those days, is it taken in place of the daily dose, or as well?"
    return ""


def _is_of_some_days(item: Item) -> bool:
    """Whether it is taken on named days, or more often than weekly and not each day."""
    often = item.schedule
    if often is None or often.as_needed or often.once or not item.is_taken or item.phase:
        return False
    times = often.times[1]
    return bool(often.days) or (times is not None and DAYS_PER["day"] < often.period_days / max(times, ONE) < _WEEK)


#: How many days a week has.
_WEEK = DAYS_PER["week"]


def _is_each_day(item: Item) -> bool:
    often = item.schedule
    return often is not None and often.is_daily and not often.as_needed and not item.phase


def _may_be_one(one: Item, two: Item, vocabulary: Vocabulary) -> bool:
    """Whether two items may be two doses of one thing: not two salts, nor two times of a day or of the year."""
    is_kin = one.substance in vocabulary.surely(two.substance) or two.substance in vocabulary.surely(one.substance)
    times = not one.moments or not two.moments or not set(one.moments).isdisjoint(two.moments)
    seasons = not one.season or not two.season or one.season == two.season
    return two.is_taken and is_kin and one.salt == two.salt and times and seasons
