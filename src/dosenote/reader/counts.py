"""How many pieces: the amount of all that are taken at one time."""

from __future__ import annotations

import re
from decimal import Decimal

from dosenote.quantity import Amount, convert, show_number
from dosenote.reader.makers import FEWEST_IN_PACKAGE, ONE
from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import LIQUID, Segment
from dosenote.reader.strengths import is_syringe
from dosenote.reader.weights import elemental, is_same, is_share, salt_of

#: More pieces than this at one time is more likely the size of the package; of drops and millilitres there are more.
_MOST_AT_ONCE, _MOST_DROPS = 12, 60

#: What is not counted in whole pieces, halves and quarters.
_MEASURED = (*LIQUID, "scoop", "glass")
#: What is not cut in parts.
_WHOLE = ("capsule", "softgel")
#: Grams that no capsule holds: "3 capsules magnesium threonate 2000 mg (144 mg elemental)" is of all three.
_NO_CAPSULE = Decimal("1.5")
_SLASHED = re.compile(r"\d\s?/\s?\d\s*[^\W\d]")


def without_pack(pieces: list[Piece]) -> list[Piece]:
    """The pieces without how many are in the package, behind how often: "take ONE daily (84 capsules)"."""
    before, last = pieces[:-3], pieces[-3:]
    if [piece.role for piece in last] != ["open", "count", "close"]:
        return pieces
    low, high, unclear = last[1].value[0]
    is_pack = low == high >= FEWEST_IN_PACKAGE and low == low.to_integral_value() and not unclear
    is_behind = any(piece.role in ("schedule", "duration") for piece in before)
    return before if is_pack and is_behind else pieces


def _is_part(number: Decimal) -> bool:
    """Whether so many pieces can be taken: whole ones, quarters, thirds."""
    return number * 4 == (number * 4).to_integral_value() or abs(number * 3 - round(number * 3)) < _ROUNDED


#: Of a segment in which nothing says how many, or how much together: as of most.
_NOTHING_TOLD = (None,) * 6
#: A third is not written out to its end.
_ROUNDED = Decimal("0.02")


def at_one_time(segment: Segment, amount: Amount | None, text: str, notes: Notes) -> Amount | None:
    """The amount of all the pieces taken at one time."""
    told = (segment.count, segment.per, segment.serving, segment.count_in_brackets, segment.in_brackets, segment.total)
    if told == _NOTHING_TOLD:
        return amount
    entry, total, bracket = segment.entry, segment.total, segment.in_brackets
    if segment.count_in_brackets is not None and amount is not None:
        number, form = segment.count_in_brackets
        if segment.count is None and number != 1:
            notes.ask(entry, "amount", f"is the amount in one piece or in {show_number(number)}?")
            return either(amount, amount.times(number, number))
        if form in LIQUID and segment.form not in ("", form):
            notes.ask(entry, "amount", f"how much is in one {segment.form}?")
            return None  # "5000 IU (10 ml), 1 drop"
        segment.per, segment.may_be_package = segment.per or number, form not in LIQUID
    per, count = segment.per or ONE, segment.count
    if segment.may_be_package and per != ONE and amount is not None and count is not None and count != (per, per):
        segment.per, segment.per_form = None, ""
        if per < FEWEST_IN_PACKAGE:  # else "600 mg (60 tablets), 1 daily"
            notes.ask(entry, "amount", f"is the amount in one piece or in {show_number(per)}?")
            return either(amount.times(1 / per, 1 / per), amount).times(*count)
    if bracket is not None and segment.count is not None:
        low, high = segment.count
        if segment.per_form == "ml" and segment.form == "drop" and high <= _MOST_DROPS:
            return bracket  # "10,000 IU/ml, 4 drops (800 IU)"
        if amount is None and segment.form == "ml":
            return elemental(segment, bracket, notes)  # "0.4 ml (40 mg)"
        is_said_again = amount is not None and is_same(entry, amount, bracket)
        if amount is None and low == high == 1:
            return elemental(segment, bracket, notes)
        if amount is None or (is_said_again and not low == high == 1):  # "500 mg, 2 tablets (500 mg)"
            _ask_of_which(segment, bracket, notes)
            return elemental(segment, either(bracket, bracket.times(low, high)), notes)
        if not is_said_again:
            total = bracket
    counted = _counted(segment, amount, text, notes)
    if total is None:
        return _of_one_or_all(segment, amount, counted, notes)
    if amount is not None and counted is not None and not is_same(entry, counted, total):
        whole = segment.amounts[0].value[0] if segment.salt and segment.amounts else None
        count = segment.count or (ONE, ONE)
        if whole is not None and is_same(entry, whole.times(*count), total):
            return counted  # "400 mg (241.3 mg magnesium), 1 tablet (400 mg total)": the salt's weight, again
        if not segment.is_at_once and is_same(entry, counted.times(*_times_a_day(segment)), total):
            segment.total = None
            return counted  # "600 mg twice a day (1200 mg total)"
    if amount is not None and (counted is None or not is_same(entry, counted, total)):
        notes.refuse(
            "two amounts that are not the same", f"{entry.label}: which of the two amounts is taken each time?"
        )
        return None
    return elemental(segment, total, notes) if amount is None else total


def _of_one_or_all(segment: Segment, amount: Amount | None, counted: Amount | None, notes: Notes) -> Amount | None:
    """The amount taken, where the line gives that of one piece, of all, or of either. counted: if it is of one."""
    if amount is None or counted is None or counted == amount or segment.serving:
        return counted
    if segment.per not in (None, ONE):
        return counted
    if segment.is_part_of_counted:
        return _of_element(segment, amount, counted, notes)
    if segment.is_of_all:
        return amount
    if segment.is_beside_count and len(segment.amounts) < 2:
        _ask_of_which(segment, amount, notes)
        return either(amount, counted)
    return counted


def _of_element(segment: Segment, part: Amount, counted: Amount, notes: Notes) -> Amount:
    """The element in all pieces, by the weight of its salt: "2 tablets ferrous sulfate 325 mg (130 mg iron)"."""
    salt, count = salt_of(segment.entry, segment.salt), segment.count or (ONE, ONE)
    whole = segment.amounts[0].value[0]
    if salt is not None:
        is_of_one, is_of_all = is_share(salt, part, whole), is_share(salt, part, whole.times(*count))
        grams = convert(whole.low, whole.unit, "g", None)
        fits_in = segment.form not in _WHOLE or grams is None or grams < _NO_CAPSULE
        if is_of_one != is_of_all and (is_of_all or fits_in):
            return counted if is_of_one else part
    _ask_of_which(segment, part, notes)
    return either(part, counted)


def _ask_of_which(segment: Segment, amount: Amount, notes: Notes) -> None:
    """Ask whether an amount beside a count is that of one piece."""
    is_part = segment.count is not None and segment.count[1] < 1
    each, all_ = ("a whole one", "the part that is taken") if is_part else ("each", "all of them")
    notes.ask(segment.entry, "amount", f"is {show_number(amount.low)} {amount.unit} in {each}, or in {all_}?")


def either(one: Amount, two: Amount) -> Amount:
    """Anything from the smaller to the larger of two amounts in one unit; of half a tablet the whole is the larger."""
    high = None if one.high is None or two.high is None else max(one.high, two.high)
    return Amount(min(one.low, two.low), high, one.unit)


def _times_a_day(segment: Segment) -> tuple[Decimal, Decimal]:
    """How many times a day, where the segment says it clearly; else none."""
    often = segment.schedules[0] if len(segment.schedules) == 1 and not segment.times else None
    if segment.as_needed or segment.single or segment.unclear or segment.divided or segment.many:
        return (Decimal(0), Decimal(0))
    if often is not None and often.times[1] is not None and often.period_days <= 1:
        return (often.times[0] / often.period_days, often.times[1] / often.period_days)
    times = Decimal(0) if segment.schedules else Decimal(len(set(segment.times)))
    return (times, times)


def _counted(segment: Segment, amount: Amount | None, text: str, notes: Notes) -> Amount | None:
    """The amount of one piece, times the pieces."""
    per, form = segment.per, segment.per_form
    if segment.serving not in (None, ONE) and segment.bare_count and amount is not None:
        notes.ask(segment.entry, "amount", "how many pieces are taken each time, or how many servings?")
        return None
    several = segment.count not in (None, (ONE, ONE)) and segment.serving is None and segment.per is None
    if several and amount is not None and (segment.count_comes_last or segment.form == "drop"):
        notes.ask(segment.entry, "amount", "is the amount in each piece, or in all of them together?")
        return None  # "4000 IU daily (2 capsules)", "4000 IU, 4 drops"
    if segment.serving is not None and segment.form != "serving":
        per = segment.serving
    if form == "serving" and segment.form not in ("", "serving") and segment.serving is None and amount is not None:
        notes.ask(segment.entry, "amount", f"how many {segment.form}s are one serving?")
        return None
    if per is not None and amount is not None:
        if segment.count is None and form == "ml" and per != 1 and is_syringe(text):
            return amount  # "30 mg/0.3 ml SubQ": what is in it
        if segment.count is None and (per != 1 or form in LIQUID):
            question = f"is the amount in {show_number(per)} pieces, and how many are taken each time?"
            notes.ask(segment.entry, "amount", question if per != 1 else f"how many times one {form} is taken?")
            return either(amount, amount.times(1 / per, 1 / per)) if form not in LIQUID else None
        if form in LIQUID and segment.form != form:
            notes.ask(segment.entry, "amount", f"the amount is for one {form}; how much is taken each time?")
            return None
        amount = amount.times(1 / per, 1 / per)
    if segment.count is None or amount is None:
        return amount
    low, high = segment.count
    if high > (_MOST_DROPS if segment.form in LIQUID else _MOST_AT_ONCE):
        notes.ask(segment.entry, "amount", f"{show_number(high)} at one time: is that the size of the package?")
        return None
    if segment.form in _WHOLE and low != low.to_integral_value() and _SLASHED.search(text):
        notes.ask(segment.entry, "amount", f"is that {show_number(low)} of one {segment.form}, or 1 to 2 of them?")
        return amount.times(min(low, ONE), max(high, Decimal(2)))  # "1/2 caps"
    if segment.form not in _MEASURED and not all(_is_part(number) for number in segment.count):
        notes.ask(segment.entry, "amount", f"{show_number(high)} pieces at one time: how many are taken?")
        return None  # "2.1 warfarin 5 mg tablets daily"
    if segment.form == "ml" and form != "ml":
        notes.ask(segment.entry, "amount", "how much is in one ml?")
        return None
    return amount.times(low, high)
