"""The pieces of one name → groups of pieces, each a dose of its own: steps, days, times of day, two strengths."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from dosenote.reader.courses import as_course
from dosenote.reader.durations import with_counted_doses
from dosenote.reader.makers import DAILY, ONE, TWO_DAYS, WEEK, make_total
from dosenote.reader.phrases import Piece
from dosenote.reader.schemes import may_be_taper
from dosenote.reader.spans import by_seasons, by_week, of_other_days, with_unit
from dosenote.reader.successions import is_order
from dosenote.reader.sums import DOSE, summed
from dosenote.regimen import MOMENTS, Schedule

#: Two of these may be two doses.
COUNTED = frozenset((*DOSE, "quantity", "season", "hour_or_count"))

#: More pieces than this on a day, without a word for a piece, may be an amount.
_MOST_PIECES = 2
#: What may only say again how much several pieces hold.
_SAID_AGAIN = frozenset(("in_brackets", "total"))
#: Taken once a day: three figures are what is taken on three days in turn.
_ONCE_A_DAY = "vitamin-k-antagonist"
#: A step with one of these says how many by itself: 1-0-1 and "a tablet" are one each time, and not as many as before.
_SAYS_COUNT = frozenset(("count", "many", "quantity", "scheme_mark", "per_form"))
#: Beside one of these an amount is that of a piece.
_OF_A_PIECE = frozenset((*_SAYS_COUNT, "form", "total"))
#: How many days "the other four days" are.
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}


class Step(NamedTuple):
    """One dose of a line: its pieces, and its place among steps that follow one another (0: it is not one of them)."""

    pieces: list[Piece]
    phase: int = 0


def steps(pieces: list[Piece], name: Piece, text: str) -> list[Step] | None:
    """The doses of a line with one name, or None when it is one dose, or not clear how it parts into several.

    pieces: without the name. text: the line.
    """
    pieces = with_unit(_with_counts(pieces), text)
    if _ONCE_A_DAY not in name.value.part_of:
        pieces = as_course(pieces)
    said = [piece.role for piece in pieces]
    if "then" in said:
        pieces = with_counted_doses(pieces)
    roles = {piece.role for piece in pieces}
    if not roles.isdisjoint(_SAID_AGAIN):
        pieces = _without_same(pieces)
    if said.count("scheme") + said.count("scheme_mark") > 1 and "then" not in roles:
        return None
    if "then" in roles:
        if "duration" not in roles and not any(piece.role == "schedule" for piece in pieces):
            return _by_days(pieces)  # "1 tablet every morning, then half a tablet at night"
        return _phases(pieces)
    if "scheme" in roles:
        return _scheme(pieces, name)
    if _ONCE_A_DAY in name.value.part_of:
        pieces = of_other_days(pieces)
    doses = [piece for piece in pieces if piece.role in DOSE or piece.role == "quantity"]
    if said.count("season") > 1:
        found = by_seasons(pieces)
        return None if found is None else [Step(group, number) for number, group in enumerate(found, 1)]
    if len(doses) < 2:
        return None
    weekly = by_week(pieces)
    if weekly is not None:
        return [Step(group) for group in weekly]
    in_turn = {"and"} if "slash" in roles and _ONCE_A_DAY in name.value.part_of else set()  # "2mg/3mg alternate days"
    parted = _alternating(pieces, roles | in_turn) or _by_days(pieces)
    if parted:
        return parted
    together = summed(pieces, name, text)
    return [Step(together)] if together else None


def _with_counts(pieces: list[Piece]) -> list[Piece]:
    """ "1 am, 2 pm" is how many; "8 am, 2 pm" are hours, and "2 pm" alone may be either."""
    unclear = [piece for piece in pieces if piece.role == "hour_or_count"]
    others = len(unclear) < 2 or any(piece.role in ("time", "meal", "schedule") for piece in pieces)
    halves = {piece.value[1] for piece in unclear}
    counts = {piece.value[0] for piece in unclear}
    are_hours = len(counts) == 1 and counts != {(ONE, ONE, "")}  # "3 am 3 pm": hours, or three each time?
    if others or len(unclear) != len(halves) or are_hours:
        return pieces
    found = []
    for piece in pieces:
        if piece in unclear:
            quantity, half = piece.value
            found += [piece._replace(role="quantity", value=quantity), piece._replace(role="time", value=half)]
        else:
            found.append(piece)
    return found


def _without_same(pieces: list[Piece]) -> list[Piece]:
    """ "2 mg tablet: 1.5 tablets (3 mg) Mon, 1 tablet (2 mg) other days": the brackets say again what the counts make.

    Where no strength is given they say how much that is.
    """
    marks = [n for n, piece in enumerate(pieces) if piece.role in _SAID_AGAIN]
    if len(marks) < 2 or any(not n or pieces[n - 1].role != "count" for n in marks):
        return pieces
    strengths = [piece.value[0] for piece in pieces if piece.role == "amount"]
    if not strengths:
        return [piece._replace(role="total", value=make_total(piece.value)[1]) if n in marks else piece
                for n, piece in enumerate(pieces)]  # fmt: skip
    same = all(strengths[0].times(*pieces[n - 1].value[0][:2]) == pieces[n].value[0] for n in marks)
    return [piece for n, piece in enumerate(pieces) if n not in marks] if same and len(strengths) == 1 else pieces


def _phases(pieces: list[Piece]) -> list[Step] | None:
    """ "15 mg twice a day for 21 days, then 20 mg daily": a step that names no strength has that of the first."""
    groups: list[list[Piece]] = [[]]
    for piece in pieces:
        ended = piece.role == "comma" and any(one.role == "duration" for one in groups[-1])
        if piece.role == "then" or ended:  # "three times a day for a week, twice a day for a week, then once a day"
            groups.append([])
        else:
            groups[-1].append(piece)
    if pieces[0].role == "then":  # what came before stands on another line
        return None
    groups = [group for number, group in enumerate(groups) if group or number == len(groups) - 1]
    if not groups[-1]:  # "weekly for 8 weeks, monthly thereafter"
        groups.pop()
        place = max((n for n, piece in enumerate(groups[-1]) if piece.role in ("comma", "semicolon")), default=None)
        repeated = len(groups) > 1 and [piece.role for piece in groups[-1]].count("amount") == 1  # "then … thereafter"
        if place and not repeated:  # the comma behind "for 8 weeks" has parted the two already
            groups[-1:] = [groups[-1][:place], groups[-1][place + 1 :]]
        if len(groups) == 1:
            return None  # "weekly for 8 weeks, then": what then?
    last = [piece for piece in groups[-1] if piece.role not in ("comma", "semicolon")]
    if len(last) == 1 and is_order(last[0]) and any(piece.role == "duration" for piece in groups[-2]):
        groups.pop()  # "for 5 days, then stop"
    groups[0] = _without_strength(groups[0])
    first = [piece for piece in groups[0] if piece.role in DOSE]
    roles_of_first = {piece.role for piece in groups[0]}
    found = []
    for number, group in enumerate(groups):
        roles = {piece.role for piece in group}
        often = roles & {"schedule", "time", "meal", "single"}
        if (
            not often
            or roles & {"stopped", "or", "not"}
            or (number < len(groups) - 1 and roles.isdisjoint(("duration", "single")))
            or roles & {"rest", "except"}
        ):
            return None
        mine = group
        if number and roles.isdisjoint(("amount", "total")):
            own = roles & _SAYS_COUNT
            if ("form" in roles and not own and len(first) > 1) or (own and not roles_of_first & _OF_A_PIECE):
                return None  # "then tablets daily"; "10 mg twice daily for 7 days, then 1 tablet": of 5 or of 10 mg?
            told = ("amount", "total") if own else (*DOSE, "scheme_mark")
            if number > 1 and any(one.role in told for one in groups[number - 1]):
                return None  # of which step before is the dose?
            if "quantity" in roles and len(first) == 1:
                return None  # "4 mg daily for 5 days, then 3 daily"
            mine = [*(piece for piece in first if piece.role == "amount" or not own), *group]
        found.append(Step(mine, number + 1))
    return found if len(found) > 1 else [Step(found[0].pieces)]  # "for 5 days, then stop" is one step


def _without_strength(pieces: list[Piece]) -> list[Piece]:
    """ "5 mg tablets: 10 mg twice a day for 7 days": the tablet's strength says nothing beside the dose."""
    amounts = [n for n, piece in enumerate(pieces) if piece.role == "amount"]
    if len(amounts) == 2 and not any(piece.role in ("count", "many") for piece in pieces):
        follows = pieces[amounts[0] + 1]
        if follows.role == "form":
            return [*pieces[: amounts[0]], *pieces[amounts[0] + 2 :]]
    return pieces


def _scheme(pieces: list[Piece], name: Piece) -> list[Step] | None:
    """1-0-2: one in the morning and two in the evening, each once a day."""
    place = next(n for n, piece in enumerate(pieces) if piece.role == "scheme")
    if _ONCE_A_DAY in name.value.part_of and all(pieces[place].value):
        return None  # "warfarin 1 mg 2-3-2"
    if may_be_taper(pieces[place].value):
        return None
    scheme, others = pieces[place], [*pieces[:place], *pieces[place + 1 :]]
    if any(piece.role in ("count", "schedule", "many") for piece in others):
        return None
    return [
        Step(
            [
                *others,
                scheme._replace(role="count", value=((count, count, ""), "")),
                scheme._replace(role="schedule", value=DAILY),
                scheme._replace(role="moment", value=moment),
            ]
        )
        for moment, count in zip_longest(MOMENTS, scheme.value)
        if count
    ]


def _alternating(pieces: list[Piece], roles: set[str]) -> list[Step] | None:
    """ "5 mg alternating with 2.5 mg", "5 mg and 2.5 mg on alternate days"."""
    every = [piece for piece in pieces if piece.role == "schedule" and piece.value == TWO_DAYS]
    if not every and "alternate" not in roles:
        return None
    doses = [piece for piece in pieces if piece.role in ("amount", "count")]
    schedules = [piece for piece in pieces if piece.role == "schedule" and piece.value not in (TWO_DAYS, DAILY)]
    if schedules or (roles.isdisjoint(("and", "alternate")) and len(every) < len(doses)):
        return None
    others = [piece for piece in pieces if piece.role not in ("alternate", "schedule", "amount", "count")]
    amounts = [piece for piece in doses if piece.role == "amount"]
    counts = [piece for piece in doses if piece.role == "count"]
    if len(amounts) == 2 and not counts:
        groups = [[one] for one in amounts]
    elif len(counts) == 2 and len(amounts) == 1:
        groups = [[amounts[0], one] for one in counts]
    else:
        return None
    often = [piece for piece in pieces if piece.role in ("schedule", "time", "meal") and piece.value != TWO_DAYS]
    if "alternate" not in roles and often and min(one.start for one in (*often, *every)) < doses[-1].start:
        return None  # "5 mg daily and 2.5 mg every other day": both, on that day
    return [Step([*others, *group, group[0]._replace(role="schedule", value=TWO_DAYS)]) for group in groups]


def _by_days(pieces: list[Piece]) -> list[Step] | None:
    """ "5 mg Mon/Wed/Fri, 2.5 mg other days", "1 tablet in the morning and 2 at night": a dose for each day or time."""
    pieces = _with_rest(pieces)
    if sum(map(_is_mark, pieces)) < 2:
        return None
    marked: list[Piece] = []
    others: list[Piece] = []
    for piece in pieces:
        is_marked = piece.role in DOSE or piece.role == "quantity" or _is_mark(piece)
        (marked if is_marked else others).append(piece)
    marked = _dose_first(marked)
    lead = [] if _is_mark(marked[0]) else marked[:1]
    groups = _before_marks(marked) or _after_marks(marked[len(lead) :], lead)
    if groups is None:
        return None
    strength = [piece for piece in (*lead, *groups[0][0]) if piece.role == "amount"][:1]
    if strength and _may_be_amounts(strength[0], [piece for group, _ in groups for piece in group]):
        return None  # "2.5 mg tabs Mon 5 Tue 2.5": 5 mg, or five tablets?
    if len({id(group) for group, _ in groups}) == 1:
        return None  # "500 mg morning and evening" is one dose, twice
    groups = _without_lead(groups)
    bare = any([piece.role for piece in group] == ["quantity"] for group, _ in groups)
    if bare and any([piece.role for piece in group] == ["amount"] for group, _ in groups):
        return None  # "5 mg Mon, 2.5 Tue": 2.5 mg, and no two tablets and a half
    groups = _same_together(groups)
    times_said = [mark for _, mark in groups]
    doses_said = {tuple((piece.role, repr(piece.value)) for piece in group) for group, _ in groups}
    if len(doses_said) == 1 and all(mark.role in ("time", "meal") for _, mark in groups):
        times = Decimal(len(groups))  # "2 in the morning and 2 in the evening" is 2, twice a day
        if len({mark.value for _, mark in groups}) < len(groups):
            return None
        groups = [(group, mark._replace(value=Schedule((times, times)))) for group, mark in groups[:1]]
    one_dose = len(groups) == 1 and not groups[0][1].value.days
    schedules = [groups[0][1].value] if one_dose else _disjoint([mark for _, mark in groups])
    is_daily = any(piece.role == "schedule" for piece in others)
    if is_daily and schedules is not None and sum(len(one.days) for one in schedules) not in (0, len(WEEK)):
        return None  # "5 mg daily, 1/2 Mon, 2 Fri": the other days, too
    others = [piece for piece in others if piece.role != "schedule" or piece.value != DAILY]
    if schedules is None or any(piece.role in ("schedule", "except", "as_needed") for piece in others):
        return None
    found = []
    for number, (group, mark) in enumerate(groups):
        mine = _counted(group)
        if mine is None:
            return None
        if not any(piece.role in ("amount", "total") for piece in mine):
            mine = [*strength, *mine]
        moments = [one._replace(role="moment") for one in ([mark] if len(groups) > 1 else times_said) if _is_time(one)]
        found.append(Step([*others, *mine, mark._replace(role="schedule", value=schedules[number]), *moments]))
    return found


def _dose_first(marked: list[Piece]) -> list[Piece]:
    """ "5 mg Mon Wed Fri, other days 2.5 mg": each dose before its days."""
    is_last = [piece.role == "rest" for piece in marked[-2:]] == [True, False] and _is_mark(marked[-3])
    return [*marked[:-2], marked[-1], marked[-2]] if is_last and not _is_mark(marked[0]) else marked


def _without_lead(groups: list[tuple[list[Piece], Piece]]) -> list[tuple[list[Piece], Piece]]:
    """ "5 mg 1 morning 1 evening": the strength before the first of several counts is that of all of them."""
    first = groups[0][0]
    counts = [group for group, _ in groups if group is not first]
    leads = [piece.role for piece in first[:1]] == ["amount"] and len(first) == 2
    if not leads or any(len(group) != 1 or group[0].role == "amount" for group in counts):
        return groups
    return [(first[1:] if group is first else group, mark) for group, mark in groups]


def _may_be_amounts(strength: Piece, doses: list[Piece]) -> bool:
    """Whether bare numbers behind a strength may be amounts in its unit, and not how many pieces."""
    amount = strength.value[0]
    numbers = [piece.value[1] for piece in doses if piece.role == "quantity"]
    return amount.low != 1 and any(number > _MOST_PIECES or number >= amount.low for number in numbers)


def _same_together(groups: list[tuple[list[Piece], Piece]]) -> list[tuple[list[Piece], Piece]]:
    """Days with the same dose as one: "Mo 1, Di 1/2, Mi 1"."""
    merged: dict[tuple[object, ...], tuple[list[Piece], Piece]] = {}
    for number, (group, mark) in enumerate(groups):
        if mark.role != "schedule":
            merged[(number,)] = (group, mark)
            continue
        often: Schedule = mark.value
        each = often.times[0] / len(often.days)
        key = (each, often.count, *((piece.role, repr(piece.value)) for piece in group))
        if key in merged:
            before = merged[key][1]
            days = (*before.value.days, *(day for day in mark.value.days if day not in before.value.days))
            if len(days) < len(before.value.days) + len(mark.value.days):
                return groups  # a day twice: not clear
            times = each * len(days)
            mark = before._replace(value=replace(often, times=(times, times), days=days))
        merged[key] = (group, mark)
    return list(merged.values())


def _before_marks(marked: list[Piece]) -> list[tuple[list[Piece], Piece]] | None:
    """Doses, each before its days or time: "5 mg Mon, 2.5 mg Tue", "1 in the morning and at noon, 2 at bedtime"."""
    groups: list[tuple[list[Piece], Piece]] = []
    doses: list[Piece] = []
    for piece in marked:
        if not _is_mark(piece):
            doses.append(piece)
        elif doses or not groups or groups[-1][1].value == piece.value:
            groups.append((doses, piece))
            doses = []
        else:
            groups.append((groups[-1][0], piece))
    return groups if not doses and all(group for group, _ in groups) else None


def _after_marks(marked: list[Piece], lead: list[Piece]) -> list[tuple[list[Piece], Piece]] | None:
    """Doses, each after its days or time: "Mon 5 mg, Tue 2.5 mg"; after a strength that leads: "3 mg: Mo 1, Di 1/2"."""
    if lead and (lead[0].role != "amount" or any(piece.role in ("amount", "total") for piece in marked)):
        return None
    groups: list[tuple[list[Piece], Piece]] = []
    for piece in marked:
        if _is_mark(piece):
            groups.append(([], piece))
        elif groups:
            groups[-1][0].append(piece)
        else:
            return None
    return groups if all(group for group, _ in groups) else None


def _counted(group: list[Piece]) -> list[Piece] | None:
    """The dose before or after its days, a bare number as a count: "1 am, 2 pm"; None when it holds two amounts."""
    are_amounts = {piece.role in ("amount", "total") for piece in group}
    numbers = [piece for piece in group if piece.role == "quantity"]
    if len(are_amounts) < len(group):
        return None
    return [piece._replace(role="count", value=(piece.value, "")) if piece in numbers else piece for piece in group]


def _with_rest(pieces: list[Piece]) -> list[Piece]:
    """ "daily except" says "on the other days"."""
    found: list[Piece] = []
    for piece in pieces:
        last = [n for n, one in enumerate(found) if one.role != "comma"][-1:] if piece.role == "except" else []
        if last and found[last[0]].role == "schedule" and found[last[0]].value == DAILY:
            found[last[0]] = found[last[0]]._replace(role="rest")
        else:
            found.append(piece)
    return found


def _is_time(piece: Piece) -> bool:
    """Whether a mark is a time of day."""
    return piece.role in ("time", "meal")


def _is_mark(piece: Piece) -> bool:
    return piece.role in ("rest", "time", "meal") or (piece.role == "schedule" and bool(piece.value.days))


def _disjoint(marks: list[Piece]) -> list[Schedule] | None:
    """The schedule of each mark: days that do not overlap and the rest of the week, or different times of a day."""
    times = [mark.value for mark in marks if mark.role in ("time", "meal")]
    if times:
        return [DAILY] * len(marks) if len(times) == len(marks) == len(set(times)) else None
    named = [day for mark in marks if mark.role == "schedule" for day in mark.value.days]
    rest = tuple(day for day in WEEK if day not in named)
    others = [mark for mark in marks if mark.role == "rest"]
    if len(named) != len(set(named)) or len(others) > 1 or (others and not rest) or not named:
        return None
    said = next((_NUMBERS[word] for mark in others for word in str(mark.value).split() if word in _NUMBERS), len(rest))
    if others and said != len(rest):
        return None  # "Mon, Wed and Fri, and on the other five days"
    whole = Schedule((Decimal(len(rest)), Decimal(len(rest))), ONE, "week", rest)
    return [whole if mark.role == "rest" else mark.value for mark in marks]
