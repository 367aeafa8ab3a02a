"""How often a segment says that something is taken, with what is missing or unclear of it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from dosenote.quantity import Amount, convert, show_number
from dosenote.reader.guard import judge
from dosenote.reader.hours import is_clock
from dosenote.reader.makers import DAILY, ONE
from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import Segment
from dosenote.regimen import Schedule
from dosenote.vocabulary import Entry

#: Left open by "with each meal", where nothing else says how often.
_MEALS = "with how many meals"
#: "Evening, bedtime" may be one time or two.
_BEFORE_SLEEP = (["evening", "night"], ["night", "evening"])


def _in_unit(ceiling: Amount, unit: str, entry: Entry) -> Decimal | None:
    """The most a day, in the unit of the amount each time."""
    return None if ceiling.high is None else convert(ceiling.high, ceiling.unit, unit, entry.mcg_per_iu)


def schedule_of(segment: Segment, amount: Amount | None, notes: Notes) -> Schedule | None:
    """How often, or None where it is not said, or not clear: then that is asked. amount: at one time."""
    says_only_how_often = len(segment.schedules) == 1 and not (
        segment.single
        or segment.times
        or segment.many
        or segment.unclear
        or segment.divided is not None
        or segment.as_needed
    )  # as nearly every line does
    schedule = segment.schedules[0] if says_only_how_often else _said_schedule(segment, notes)
    if schedule is None:
        return None
    entry = segment.entry
    if schedule.times[1] == 0:  # a dose that is never taken would weigh nothing, whatever it is
        notes.ask(entry, "frequency", "zero times: is it taken at all?")
        return None
    if segment.duration is not None and segment.duration < schedule.period_days and not schedule.once:
        notes.ask(segment.entry, "frequency", "how often within that time?")
        notes.reasons.append("it is taken for a shorter time than it says how often")
        return None
    if segment.as_needed:
        schedule = replace(schedule, as_needed=True)
    elif segment.ceiling is None and segment.cap is None:
        return schedule
    ceiling = None if segment.ceiling is None or amount is None else _in_unit(segment.ceiling, amount.unit, entry)
    by_salt = bool(segment.salt and segment.amounts) and not segment.is_elemental  # the ceiling is of which weight?
    if segment.ceiling is not None and amount is not None and (ceiling is None or by_salt):
        notes.ask(entry, "frequency", f"what is the most in {amount.unit} a day?")
    if segment.cap is not None and amount is not None and amount.high is not None:
        pieces = segment.count[1] if segment.count else ONE
        ceiling = segment.cap * amount.high / pieces if pieces else None
        if segment.is_bare_cap and not segment.as_needed and segment.cap >= amount.high and ceiling != segment.cap:
            cap = show_number(segment.cap)  # "warfarin 2 mg up to 8 daily"
            notes.ask(entry, "frequency", f"at most {cap} {amount.unit} a day, or {cap} of them?")
            return None
    if ceiling == 0:
        notes.ask(entry, "frequency", "at most zero a day: is it taken at all?")
        return None
    if ceiling is not None and amount is not None:
        most = Amount(ceiling, ceiling, amount.unit)
        if not notes.is_checked and judge(entry, most, DAILY).verdict == "refuse":
            notes.ask(entry, "frequency", "so much a day is not plausible: what is the most, with the unit?")
            return None
        return replace(schedule, max_per_day=ceiling)
    if segment.as_needed and schedule.times[1] is None:
        notes.ask(segment.entry, "frequency", "at most how many times a day?")
    return schedule


def _counts_meals(unclear: list[str], said: list[Schedule]) -> bool:
    """Whether a number of times a day says with how many meals it is: "with each meal TID", and not "... daily"."""
    return unclear == [_MEALS] and len(said) == 1 and said[0].unit == "day" and said[0].times[0] > said[0].count


def _said_schedule(segment: Segment, notes: Notes) -> Schedule | None:
    """How often, from everything that the line says of it."""
    entry = segment.entry
    said = [one for number, one in enumerate(segment.schedules) if one not in segment.schedules[:number]]
    if len(said) > 1:  # "three times a week on Monday, Wednesday and Friday"
        on_days = {replace(one, days=()) for one in said if one.days}
        said = [one for one in said if one.days or one not in on_days]
    if segment.has_scheme and len(segment.moments) == 1 and DAILY in said and any(one.days for one in said):
        said.remove(DAILY)  # "1-0-0 sonntags": one in the morning, on Sundays
    if segment.unclear and not _counts_meals(segment.unclear, said):
        notes.ask(entry, "frequency", f"how often is it taken ({segment.unclear[0]})?")
        return None
    if len(said) > 1:
        notes.ask(entry, "frequency", "the line says two different things about how often; which is right?")
        notes.reasons.append("two schedules in one line")
        return None
    if segment.divided is not None:
        times = Schedule((segment.divided, segment.divided))
        if not said or any(one not in (DAILY, times) for one in said):
            notes.ask(entry, "frequency", "how many times a day?")
            return None
        return times
    if segment.single and not said and segment.times:
        notes.ask(entry, "frequency", "a single time, or once a day?")
        return None
    if segment.single and not said:
        return Schedule((ONE, ONE), once=True)
    if segment.single:
        notes.ask(entry, "frequency", "a single time, or as often as the line says?")
        return None
    clocks = sum(is_clock(time) for time in segment.times)
    if 0 < clocks < len(segment.times):  # "at 8, on": an hour, and another time of day?
        notes.ask(entry, "frequency", "how many times a day, and when?")
        return None
    times_of_day = Decimal(len(set(segment.times)))
    if said:
        schedule = said.pop()
        if segment.many not in (None, (ONE, ONE)):
            if schedule != DAILY or segment.count or segment.many_comes_last:  # "daily x 3"
                notes.ask(entry, "frequency", "how many each time, and how many times?")
                return None
            schedule = replace(schedule, times=segment.many)
        too_few = times_of_day == 1 and schedule.unit == "day" and schedule.times[0] > schedule.count
        if too_few or (times_of_day > 1 and schedule != Schedule((times_of_day, times_of_day))):
            notes.ask(entry, "frequency", "how many times on such a day?")
            notes.reasons.append("how often and the times of day do not fit together")
            return None
        return schedule
    if segment.many not in (None, (ONE, ONE)):
        notes.ask(entry, "frequency", "how often is it taken?")
        return None
    if segment.times and segment.as_needed and times_of_day > 1:
        notes.ask(entry, "frequency", "which of them is only when needed?")
        return None
    if segment.times in _BEFORE_SLEEP:
        notes.ask(entry, "frequency", "once, in the evening before bed, or twice?")
        return None
    if segment.times:
        return Schedule((times_of_day, times_of_day))
    if segment.as_needed or segment.cap is not None or segment.ceiling is not None:
        return Schedule((Decimal(0), None))
    if segment.season and segment.form != "ampoule":  # one of 200,000 IU may be for the whole winter
        notes.assumed.append("daily in that season")
        return DAILY
    notes.ask(entry, "frequency", "how often is it taken?")
    return None


#: A word that says how many times, and not how many pieces; x may say either.
_TIMES = re.compile(
    r"(?:mal|fois|veces|volte|vezes|keer|maal|gånger|ganger|gange|kertaa|razy|\u0440\u0430\u0437\u0430|times|twice|thrice)$",
    re.IGNORECASE,
)
#: "2 x 150 mg daily" may be two pieces at once; "2x 150 mg täglich" is twice a day.
_DAILY_IN_ENGLISH = re.compile(r"(?:daily|day|qd|q\.d\.?|od|o\.d\.?)$", re.IGNORECASE)


def as_times(text: str, pieces: list[Piece]) -> list[Piece]:
    """Times before an amount are how often it is taken: "3 mal 500 mg täglich", "twice 500 mg daily"."""
    for place, (count, amount, often) in enumerate(zip(pieces, pieces[1:], pieces[2:], strict=False)):
        if (count.role, amount.role, often.role) != ("count", "amount", "schedule") or often.value != DAILY:
            continue
        said, how_often = text[count.start : count.end], text[often.start : often.end]
        crosses = said.lower().endswith(("x", "\u00d7")) and not _DAILY_IN_ENGLISH.search(how_often)
        if crosses or _TIMES.search(said):
            times = often._replace(value=Schedule(count.value[0][:2]))
            return [*pieces[:place], amount, times, *pieces[place + 3 :]]
    return pieces
