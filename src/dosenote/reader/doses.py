"""A segment → an item: the amount each time and how often, with everything that is missing or unclear."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from dosenote.quantity import IU, MCG_PER, Amount, convert, show_number
from dosenote.reader.grammar import ONE
from dosenote.reader.segments import Segment
from dosenote.regimen import Item, Schedule
from dosenote.vocabulary import Entry, Salt

#: Two ways of writing one dose may differ by rounding: 37.5 mcg is printed as 38 mcg.
_SAME = Decimal("0.03")
#: More pieces than this at one time is more likely the size of the package.
_MOST_AT_ONCE = 12
#: What may stand between two ways of writing one dose.
_BETWEEN = ("", "(", "[", "/", "=", "(=")


@dataclass(slots=True)
class Notes:
    """What a line lacks (missing), what to ask for it, why it was not accepted, and whether it contradicts itself."""

    missing: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    refused: bool = False

    def ask(self, entry: Entry, missing: str, question: str) -> None:
        self.missing.append(missing)
        self.questions.append(f"{entry.label}: {question}")


def item_of(segment: Segment, text: str, unread: tuple[str, ...], is_taken: bool, notes: Notes) -> Item:
    """The item of one segment. unread: what was not understood in its line and may change its amount."""
    amount, also = _amount(segment, text, bool(unread), notes)
    amount = _counted(segment, amount, notes)
    if unread:
        amount = None  # it may multiply, divide or bound what was understood
    if amount is not None and amount.high is not None and amount.high <= 0:
        notes.reasons.append("an amount of zero is not a dose")
        amount = None
    return Item(
        text=text.strip(),
        substance=segment.entry.id,
        amount=amount,
        also=also,
        schedule=_schedule(segment, amount, notes),
        with_food=segment.with_food,
        form=segment.form,
        salt=segment.salt,
        is_taken=is_taken,
        is_new=segment.is_new,
    )


def _amount(segment: Segment, text: str, has_unread: bool, notes: Notes) -> tuple[Amount | None, Amount | None]:
    """The amount of one piece, and the same amount in a second unit."""
    entry, pieces = segment.entry, segment.amounts
    if segment.element is not None:
        if len(pieces) > 1:
            notes.reasons.append("more amounts than one line can hold")
        return segment.element, None
    if not pieces:
        question = "how much is it each time, with the unit?"
        notes.ask(entry, "unit" if has_unread else "amount", question)
        notes.missing += [] if has_unread else ["unit"]
        return None, None
    amount, unclear = pieces[0].value
    if unclear:
        low, high = show_number(amount.low), show_number(amount.high or 0)
        notes.ask(entry, "amount", f"is it {low} {amount.unit} or {high} {amount.unit}?")
        notes.reasons.append("the point may part thousands or decimals")
    if amount.unit == IU and entry.unit not in ("", IU) and entry.mcg_per_iu is None:
        notes.ask(entry, "unit", "it is not given in IU; what does the label say in mg or mcg?")
        notes.reasons.append(f"{entry.label} has no conversion from IU")
        return None, None
    if len(pieces) == 1:
        return (amount if segment.is_elemental else _elemental(segment, amount, notes)), None
    second, also_unclear = pieces[1].value
    between = text[pieces[0].end : pieces[1].start].replace(" ", "")
    if len(pieces) > 2 or unclear or also_unclear or between not in _BETWEEN:
        notes.ask(entry, "amount", "the line gives more than one amount; which is taken each time?")
        notes.reasons.append("more amounts than one line can hold")
        return None, None
    return _two(segment, amount, second, notes)


def _two(segment: Segment, first: Amount, second: Amount, notes: Notes) -> tuple[Amount | None, Amount | None]:
    """Two amounts side by side: one dose in two units, or a salt with its element; else they contradict each other."""
    entry = segment.entry
    same = convert(second.low, second.unit, first.unit, entry.mcg_per_iu)
    if same is not None and abs(same - first.low) <= _SAME * first.low and second.high == second.low:
        return first, second
    salt = _salt(entry, segment.salt)
    if salt is not None and same is not None and first.low:
        part, whole = sorted((first.low, same))
        if salt.elemental_low - _SAME <= part / whole <= salt.elemental_high + _SAME:
            return (first if first.low == part else second), None
    notes.reasons.append("two amounts that are not the same")
    notes.questions.append(f"{entry.label}: which of the two amounts does the label give?")
    notes.refused = True
    return None, None


def _elemental(segment: Segment, amount: Amount, notes: Notes) -> Amount:
    """Beside the name of a salt a weight may be the salt's or the element's: at least the one, at most the other."""
    entry, salt = segment.entry, _salt(segment.entry, segment.salt)
    if salt is None or amount.unit not in MCG_PER:
        return amount
    weight = f"{show_number(amount.low)} {amount.unit}"
    notes.ask(
        entry,
        "elemental",
        f"is {weight} the weight of the {entry.label} or of the {entry.label} {segment.salt}?",
    )
    return Amount(amount.low * salt.elemental_low, amount.high, amount.unit)


def _salt(entry: Entry, word: str) -> Salt | None:
    return next((salt for salt in entry.salts if word in salt.names), None)


def _counted(segment: Segment, amount: Amount | None, notes: Notes) -> Amount | None:
    """The amount of all the pieces taken at one time."""
    if segment.per is not None and amount is not None:
        if segment.count is None:
            question = f"is the amount in {show_number(segment.per)} pieces, and how many are taken each time?"
            notes.ask(segment.entry, "amount", question)
            return Amount(amount.low / segment.per, amount.high, amount.unit)
        amount = amount.times(1 / segment.per, 1 / segment.per)
    if segment.count is None or amount is None:
        return amount
    low, high = segment.count
    if high > _MOST_AT_ONCE:
        notes.ask(segment.entry, "amount", f"{show_number(high)} at one time: is that the size of the package?")
        return None
    return amount.times(low, high)


def _schedule(segment: Segment, amount: Amount | None, notes: Notes) -> Schedule | None:
    entry, said = segment.entry, set(segment.schedules)
    if segment.unclear:
        notes.ask(entry, "frequency", f"how often: {segment.unclear[0]}?")
        return None
    if len(said) > 1:
        notes.ask(entry, "frequency", "the line says two different things about how often; which is right?")
        notes.reasons.append("two schedules in one line")
        return None
    if segment.single and not said:
        return Schedule((ONE, ONE), once=True)
    times = Decimal(len(set(segment.times)))
    if said:
        schedule = said.pop()
        if times > 1 and schedule != Schedule((times, times)):
            notes.ask(entry, "frequency", "how many times on such a day?")
            notes.reasons.append("how often and the times of day do not fit together")
            return None
    elif segment.times:
        schedule = Schedule((times, times))
    elif segment.as_needed:
        schedule = Schedule((Decimal(0), None))
    else:
        notes.ask(entry, "frequency", "how often is it taken?")
        return None
    if segment.duration is not None and segment.duration < schedule.period_days:
        notes.ask(entry, "frequency", "how often within that time?")
        notes.reasons.append("it is taken for a shorter time than it says how often")
        return None
    schedule = replace(schedule, as_needed=segment.as_needed)
    ceiling = None if segment.ceiling is None or amount is None else segment.ceiling.high
    if segment.cap is not None and amount is not None and amount.high is not None:
        ceiling = segment.cap * amount.high
    if ceiling is not None:
        return replace(schedule, max_per_day=ceiling)
    if segment.as_needed and schedule.times[1] is None:
        notes.ask(entry, "frequency", "at most how many times a day?")
    return schedule
