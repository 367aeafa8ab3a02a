"""A segment → an item: the amount each time and how often, with everything that is missing or unclear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from dosenote.quantity import IU, Amount, convert, show_number
from dosenote.reader.counts import at_one_time, either
from dosenote.reader.frequency import schedule_of
from dosenote.reader.guard import HOW_OFTEN, is_large, is_more_often, judge, likely, seldom, told, too_often_together
from dosenote.reader.hours import moments_of
from dosenote.reader.makers import EITHER, ONE, PAIR, RANGE, THOUSANDS
from dosenote.reader.notes import CHECKED, Notes
from dosenote.reader.segments import LIQUID, Segment
from dosenote.reader.strengths import is_of_piece, is_strength, may_be_count, of_brackets, of_sum
from dosenote.reader.weights import SAME, elemental, is_same, salt_of
from dosenote.regimen import UNUSUAL, Item, Schedule
from dosenote.vocabulary import Entry

#: Nobody takes a piece of anything more often each day for long.
_MOST_A_DAY = 12
#: What may stand between two ways of writing one dose.
_BETWEEN = ("", "(", "[", "/", "=", "(=", ",", "-", ":")
#: Where it is said again behind how often: "1000 IU daily (25 mcg)".
_AGAIN = re.compile(r"[^\W\d]*[(\[=]")


def items_of(
    segments: Sequence[Segment], text: str, unread: tuple[str, ...], is_taken: bool, notes: Notes
) -> tuple[Item, ...]:
    """The items of the segments of one line. unread: as for item_of."""
    items = tuple([item_of(segment, text, unread, is_taken, notes) for segment in segments])
    if len(items) < 2:
        return items
    entries = {segment.entry.id: segment.entry for segment in segments if segment.entry.bounds}
    for id, entry in entries.items():
        parts = [(item.amount, item.schedule) for item in items if item.substance == id and item.schedule]
        in_turn = any(item.phase for item in items if item.substance == id)
        question = "" if in_turn or len(parts) < 2 else too_often_together(entry, parts)
        if question:
            notes.questions.append(f"{entry.label}: {question}")
            notes.reasons += [] if notes.is_checked else [UNUSUAL]
    return items


def item_of(segment: Segment, text: str, unread: tuple[str, ...], is_taken: bool, notes: Notes) -> Item:
    """The item of one segment. unread: what was not understood in its line and may change its amount."""
    is_at_one_time = not segment.schedules and len(set(segment.times)) == 1 and not segment.many_comes_last
    if segment.many is not None and segment.count is None and is_at_one_time:
        segment.count, segment.many = segment.many, None  # "200 mg x 2 at bedtime"
    amount, also = _amount(segment, text, bool(unread), notes)
    amount = at_one_time(segment, amount, text, notes)
    if segment.divided is not None and amount is not None:
        part = amount.times(1 / segment.divided, 1 / segment.divided)
        if any(one.times[0] > ONE for one in segment.schedules):  # "600 mg twice a day in two doses"
            notes.ask(segment.entry, "amount", "is that the amount each time, or of the whole day?")
            part = either(part, amount)
        amount = part
    if unread and amount is not None:
        notes.unused.append(f"{_shown(amount)} {amount.unit}")
        amount = None  # what was not understood may multiply, divide or bound it
    if amount is not None and amount.high is not None and amount.high <= 0:
        notes.reasons.append("an amount of zero is not a dose")
        amount = None
    course = _course(segment, amount)
    if course is not None:
        segment.duration, segment.many = course, None
    schedule = schedule_of(segment, amount, notes)
    is_unsaid = segment.total is not None and not (segment.is_at_once and (segment.amounts or segment.element))
    if amount is not None and is_unsaid and schedule is not None and _may_be_several(schedule):
        notes.ask(segment.entry, "amount", "is that the amount each time, or of the whole day?")
        amount = None
    if amount is None:
        _ask_how_often(segment.entry, schedule, notes)
    else:
        is_whole = segment.is_compound and "elemental" in notes.missing  # of which weight it is, is asked already
        amount = _guarded(segment.entry, amount, schedule, notes, is_whole)
    moments = moments_of((*segment.times, *segment.moments), text)
    if schedule is not None and schedule.times[1] is not None and len(moments) > schedule.times[1]:
        notes.ask(segment.entry, "frequency", "how many times a day, and when?")
        schedule = None  # "1-0-0, 21:30"
    question = "" if schedule is None or amount is None else _doubt_of(segment, schedule, text)
    if question:
        notes.ask(segment.entry, "frequency", question)
        schedule = None
    return Item(  # by place, and not by name, those that have one: that takes half as long
        text.strip(),
        segment.entry.id,
        amount,
        also,
        schedule,
        segment.with_food,
        segment.form,
        segment.salt,
        is_taken,
        segment.is_new,
        phase=segment.phase,
        duration_days=segment.duration,
        season=segment.season,
        moments=moments,
    )


#: Fewer may be how many at once.
_FEWEST_DOSES = 4


def _course(segment: Segment, amount: Amount | None) -> Decimal | None:
    """How many days a course of counted doses lasts: "50,000 IU weekly x 8", as nobody takes eight such pieces at once.

    None where the count may be of pieces: of a medicine, or where one piece is no more than a day's.
    """
    is_course = segment.many_comes_last and segment.entry.kind == "supplement" and segment.duration is None
    if amount is None or segment.many is None or not is_course or len(segment.schedules) != 1:
        return None
    (low, high), often = segment.many, segment.schedules[0]
    is_seldom = often.unit in ("week", "month") and often == Schedule((ONE, ONE), often.count, often.unit)
    if not is_seldom or not low == high >= _FEWEST_DOSES or not is_large(segment.entry, amount):
        return None
    return low * often.period_days


#: Said of what is taken at one time: "8 tablets weekly", "once a week".
_AT_ONE_TIME = re.compile(
    r"week[- ]?ly|month[- ]?ly|\bonce\b|at once|together|einmal|1\s?x|w\u00f6chentlich", re.IGNORECASE
)


def _doubt_of(segment: Segment, schedule: Schedule, text: str) -> str:
    """What to ask about how often, where the amount is known; "" where that is clear."""
    if schedule.times_per_day()[0] > _MOST_A_DAY:
        return "how often is it taken, so often on each day?"
    if segment.count is not None and _is_of_whole_period(segment, segment.count, schedule, text):
        return "all of them at one time, or so many over that time?"
    return ""


def _is_of_whole_period(segment: Segment, count: tuple[Decimal, Decimal], schedule: Schedule, text: str) -> bool:
    """Whether so many pieces may be those of a week or month, taken on its days: "8 tablets per week"."""
    is_one_time = schedule.times == (ONE, ONE) and not schedule.days
    if not is_one_time or segment.form in LIQUID:
        return False
    is_long = schedule.unit in ("week", "month")
    return is_long and schedule.period_days <= count[1] and not _AT_ONE_TIME.search(text)


def _may_be_several(schedule: Schedule) -> bool:
    _, most = schedule.times_per_day()
    return most is None or most > ONE


def _ask_how_often(entry: Entry, schedule: Schedule | None, notes: Notes) -> None:
    """Ask where no amount of it, as far as the table knows, is taken so often: "methotrexate daily"."""
    row = seldom(entry, None)
    if row is not None and schedule is not None and is_more_often(row, schedule):
        notes.questions.append(f"{entry.label}: {told(None, row)}; {HOW_OFTEN}")


def _guarded(entry: Entry, amount: Amount, schedule: Schedule | None, notes: Notes, is_whole: bool) -> Amount | None:
    """The amount, unless nobody takes so much or so little: then it is not used. is_whole: may be that of a salt."""
    judgement = judge(entry, amount, schedule)
    if notes.is_checked and judgement.verdict in ("refuse", "ask"):
        notes.assumed.append(CHECKED)
        notes.questions += [f"{entry.label}: {judgement.too_often}; {HOW_OFTEN}"] if judgement.too_often else []
    elif judgement.verdict == "refuse":
        notes.refuse(judgement.words, f"{entry.label}: what does the label say, with the unit?")
        return None
    elif judgement.verdict == "ask" and not is_whole:
        notes.questions.append(f"{entry.label}: {judgement.words}")
        notes.reasons.append(UNUSUAL)
    elif judgement.verdict == "question":
        notes.questions.append(f"{entry.label}: {judgement.words}")
    return amount


def _amount(segment: Segment, text: str, has_unread: bool, notes: Notes) -> tuple[Amount | None, Amount | None]:
    """The amount of one piece, and the same amount in a second unit."""
    entry, pieces = segment.entry, segment.amounts
    if segment.element is not None:
        if len(pieces) > 1:
            return _too_many(entry, notes)
        if pieces and not (entry.salts or entry.compounds):  # "1000 IU elemental 50 mcg": it has no other weight
            return _two(segment, segment.element, pieces[0].value[0], notes)
        if pieces and _is_more_than(segment.element, pieces[0].value[0]):
            notes.refuse("more of the element than the whole weighs", f"{entry.label}: which amount is the element's?")
            return None, None
        return segment.element, None
    if not pieces:
        if segment.total is None and segment.in_brackets is None:
            question = "how much is it each time, with the unit?"
            notes.ask(entry, "unit" if has_unread else "amount", question)
            notes.missing.append("unit")
        return None, None
    amount, unclear = pieces[0].value
    if unclear == PAIR and len(pieces) > 1:
        return _too_many(entry, notes)
    either_way = may_be_count(text, pieces[0])
    if either_way is not None:
        low, high = _ends(amount)
        notes.ask(entry, "amount", f"is it {low} to {high} {amount.unit}, or {low} of {high} {amount.unit} each?")
        amount, unclear = either_way, ""
    elif not unclear and amount.low != amount.high and (is_strength(text, pieces[0]) or _is_of_several(segment)):
        unclear = RANGE
    if unclear and unclear != PAIR:
        amount = _settled(entry, amount, unclear, bool(_POINT_PARTS.search(text)), notes)
        if amount is None:
            return None, None
    if not _has_its_unit(entry, amount, notes):
        return None, None
    if len(pieces) == 1:
        return elemental(segment, amount, notes), None
    made = of_brackets(text, pieces, segment.count or segment.many)
    if len(pieces) > 2 and segment.count is None and segment.many is None:
        made = of_sum(text, pieces)
    if made is not None:
        segment.count = segment.many = segment.per = None
        return elemental(segment, made, notes), None
    in_drops = segment.form == "drop" and text[: pieces[1].start].rstrip().endswith("(")
    is_of_ml = len(pieces) == 2 and segment.per_form == "ml" and not pieces[1].value[1]
    if is_of_ml and (segment.count is None or in_drops):
        segment.per = segment.count = None  # "4 mcg/2 ml, 2 mcg", "20,000 IU/ml, 2 drops daily (1000 IU)"
        return _as_taken(segment, pieces[1].value[0], notes), None
    if len(pieces) == 2 and segment.count is None and not pieces[1].value[1] and is_of_piece(text, pieces):
        return _as_taken(segment, pieces[1].value[0], notes), None  # "10 mg tablet, take 5 mg twice daily"
    if len(pieces) == 3 and segment.count is None and is_of_piece(text, pieces[1:]) and not pieces[2].value[1]:
        strength, again, dose = (piece.value[0] for piece in pieces)
        if is_same(entry, strength, again):  # "25 mcg (1000 unit) tablet, take 1,000 units"
            return _as_taken(segment, dose, notes), again if is_same(entry, dose, again) else None
    second, also_unclear = pieces[1].value
    if also_unclear == EITHER:
        second = next(
            (one for one in _readings(second) if is_same(entry, amount, one)),
            second,
        )
    between = text[pieces[0].end : pieces[1].start].replace(" ", "").lower().removeprefix("rae")
    if segment.salt:
        between = between.replace(f"as{segment.salt}", "")  # "500 mg (as carbonate 1,250 mg)"
    is_again = amount.unit != second.unit and bool(_AGAIN.fullmatch(between)) and is_same(entry, amount, second)
    if len(pieces) > 2 or (between not in _BETWEEN and not is_again):
        return _too_many(entry, notes)
    if (has_unread or between in ("/", ":")) and not is_same(entry, amount, second):
        return _too_many(entry, notes)  # of what was not understood? "Orocal D3 500 mg/400 IU", "1 mg: 3 mg"
    return _two(segment, amount, second, notes)


def _is_of_several(segment: Segment) -> bool:
    """Whether more than one piece is taken at a time: nobody's piece holds "2 to 5 mg" ("2-5 mg, 3 daily")."""
    return len(segment.amounts) == 1 and segment.count is not None and segment.count[0] > 1


def _has_its_unit(entry: Entry, amount: Amount, notes: Notes) -> bool:
    """Whether a thing is given in the unit of an amount; else it is noted, and the line is not believed."""
    if amount.unit == IU and not entry.has_iu:
        question = f"{entry.label}: what does the label say in mg or mcg, and not in IU?"
    elif not _is_given_in(entry, amount.unit):
        question = f"{entry.label}: what does the label say?"
    else:
        return True
    notes.missing.append("unit")
    notes.refuse(f"{entry.label} is not given in {amount.unit}", question)
    return False


def _as_taken(segment: Segment, amount: Amount, notes: Notes) -> Amount | None:
    """The amount that is taken, where another is how strong a piece is; None where its unit cannot be."""
    return elemental(segment, amount, notes) if _has_its_unit(segment.entry, amount, notes) else None


def _too_many(entry: Entry, notes: Notes) -> tuple[None, None]:
    notes.ask(entry, "amount", "the line gives more than one amount; which is taken each time?")
    notes.reasons.append("more amounts than one line can hold")
    return None, None


#: Salts of these are measured in milliequivalents.
_IN_MEQ = frozenset(("calcium", "magnesium", "potassium"))


def _is_given_in(entry: Entry, unit: str) -> bool:
    """Whether an amount of it can be in this unit; only of IU and mEq is it told where that cannot be."""
    if unit == "mEq":
        return entry.bounds is None or entry.id in _IN_MEQ
    if unit != IU or entry.bounds is None:
        return True
    return entry.unit != "" or entry.mcg_per_iu is not None or entry.iu_on_labels


def _is_more_than(part: Amount, whole: Amount) -> bool:
    same = convert(part.low, part.unit, whole.unit)
    return same is not None and whole.high is not None and same > whole.high * (1 + SAME)


def _readings(amount: Amount) -> tuple[Amount, ...]:
    """The two meanings of a number whose point may part thousands or decimals."""
    return tuple(Amount(value, value, amount.unit) for value in (amount.low, amount.high) if value is not None)


#: International units where a point parts thousands: UI, IE, j.m., ME.
_POINT_PARTS = re.compile(
    r"\b(?:ui|u\.i\.?|ie|i\.e\.?|jm|j\.m\.?|ме|einheiten|unidades|unités|unità)(?!\w)",
    re.IGNORECASE,
)


def _thousands(amount: Amount) -> tuple[Amount, ...]:
    """The two meanings of a range of which both numbers have such a point."""
    assert amount.high is not None
    return Amount(amount.low / 1000, amount.high / 1000, amount.unit), amount


def _ends(amount: Amount) -> tuple[str, str]:
    return show_number(amount.low), show_number(amount.high or 0)


def _shown(amount: Amount) -> str:
    low, high = _ends(amount)
    return low if low == high else f"{low}-{high}"


def _settled(entry: Entry, amount: Amount, unclear: str, is_abroad: bool, notes: Notes) -> Amount | None:
    """Which of two meanings a number has, where only one of them is an amount that is taken; else it is asked.

    is_abroad: whether the unit is written as in languages in which a point parts thousands.
    """
    candidates = _thousands(amount) if unclear == THOUSANDS else _readings(amount)
    usual = likely(entry, candidates) if unclear in (EITHER, THOUSANDS) else ()
    if unclear == EITHER and usual and usual[0].low == amount.low == amount.low.to_integral_value():
        usual = ()  # "500.000": nobody writes three noughts after a point; the large number is meant
        if amount.unit == IU:
            candidates = candidates[1:]
            usual = likely(entry, candidates) if is_abroad else ()
    if entry.bounds is not None and len(usual) == 1:
        notes.assumed.append(f"{_shown(usual[0])} {amount.unit}")
        return usual[0]
    low, high = _ends(amount)
    if unclear == THOUSANDS:
        low, high = _shown(candidates[0]), _shown(candidates[1])
        amount = Amount(candidates[0].low, candidates[1].high, amount.unit)
    if unclear == EITHER and all(judge(entry, one, None).verdict == "refuse" for one in candidates):
        notes.refuse(
            f"neither {low} nor {high} {amount.unit} of {entry.label} is plausible: check the unit",
            f"{entry.label}: what does the label say, with the unit?",
        )
        return None
    notes.ask(entry, "amount", f"is it {low} {amount.unit} or {high} {amount.unit}?")
    is_range = unclear == RANGE
    notes.reasons.append(f"the {'numbers may be two amounts' if is_range else 'point may part thousands or decimals'}")
    return amount


def _two(segment: Segment, first: Amount, second: Amount, notes: Notes) -> tuple[Amount | None, Amount | None]:
    """Two amounts side by side: one dose in two units, or a salt with its element; else they contradict each other."""
    entry = segment.entry
    if segment.is_compound and second.unit == "mEq":
        return second, None  # "potassium chloride 1500 mg (20 mEq)": only the second is of what is counted
    if segment.is_elemental and segment.salt and is_same(entry, first, second):
        segment.is_elemental = False  # "calcium 600 mg (as carbonate 600 mg)": of the element, or of the salt?
    if is_same(entry, first, second) or (first.unit == "mEq") != (second.unit == "mEq"):
        return elemental(segment, first, notes), second
    same = convert(second.low, second.unit, first.unit, entry.mcg_per_iu)
    if same is None and entry.has_iu and IU in (first.unit, second.unit):
        weight = second if first.unit == IU else first
        if judge(entry, weight, None).verdict != "refuse":
            return first, second  # "vitamin A 10,000 IU (3,000 mcg)": no factor is known that could tell them apart
    salt = salt_of(entry, segment.salt)
    if salt is not None and same is not None and first.low:
        part, whole = sorted((first.low, same))
        if salt.elemental_low - SAME <= part / whole <= salt.elemental_high + SAME:
            return (first if first.low == part else second), None
    notes.refuse("two amounts that are not the same", f"{entry.label}: which of the two amounts does the label give?")
    return None, None
