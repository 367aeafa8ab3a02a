"""Pieces → segments: which amount, which count and which schedule stand beside which name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from dosenote.quantity import DAYS_PER, Amount
from dosenote.reader.beside import ALL, MAY_BE_ALL, whose
from dosenote.reader.makers import AT_ONCE, FEWEST_IN_PACKAGE, Quantity
from dosenote.reader.phrases import Piece
from dosenote.reader.steps import Step
from dosenote.regimen import Schedule
from dosenote.vocabulary import Entry

#: Roles of pieces that carry nothing by themselves once the line has been put together.
SILENT = frozenset(
    (
        "neutral",
        "filler",
        "open",
        "close",
        "comma",
        "semicolon",
        "slash",
        "and",
        "plus",
        "equals",
        "to",
        "for",
        "in",
        "goal_value",
        "since",
        "session",
        "implied",
    )
)
#: Words that turn a statement round; the line as a whole deals with them.
TURNING = frozenset(
    ("denied", "not", "stopped", "or", "then", "except", "allergy", "doubt", "family", "until", "about")
)

#: What is measured, and not counted.
LIQUID = ("drop", "ml", "spray", "spoon", "tablespoon")

#: What says how often or when.
OFTEN = frozenset(("schedule", "time", "meal", "scheme_mark"))


class Segment:
    """One name with all that stands beside it. amounts: pieces, so that what lies between two can be seen.

    total: the amount of all pieces together, as written; is_at_once: of those that are taken at one time.
    in_brackets: an amount that may be of one piece or of all. is_beside_count: so may be the first of the amounts.
    is_of_all: the amount is that of all pieces. is_part_of_counted: the element's stands behind count and whole weight.
    count_in_brackets: how many, and of what. may_be_package: so many pieces may be in the package.
    bare_count: the count is a number without a form. count_heads: it stands before the name;
    often_heads: so does how often.
    count_ends: it stands behind the time of day.
    serving: how many pieces the label's serving has. divided: into how many a daily amount is divided.
    phase: 1, 2, … for steps that follow one another, else 0. is_bare_cap: of the cap no form or "times" is said.
    times: what says how often, too. moments: times of day that a schedule already counts.
    """

    element: Amount | None = None
    total: Amount | None = None
    is_at_once = False
    in_brackets: Amount | None = None
    salt = ""
    is_elemental = False
    is_compound = False
    count: tuple[Decimal, Decimal] | None = None
    is_beside_count = False
    is_of_all = False
    is_part_of_counted = False
    count_in_brackets: tuple[Decimal, str] | None = None
    may_be_package = False
    many: tuple[Decimal, Decimal] | None = None
    per: Decimal | None = None
    per_form = ""
    serving: Decimal | None = None
    bare_count = False
    divided: Decimal | None = None
    duration: Decimal | None = None
    form = ""
    cap: Decimal | None = None
    is_bare_cap = False
    ceiling: Amount | None = None
    as_needed = False
    single = False
    has_scheme = False
    count_comes_last = False
    count_heads = False
    often_heads = False
    count_ends = False
    many_comes_last = False
    season = ""
    is_new: bool | None = None

    def __init__(self, entry: Entry, phase: int = 0) -> None:
        self.entry = entry
        self.phase = phase
        self.amounts: list[Piece] = []
        self.schedules: list[Schedule] = []
        self.times: list[str] = []
        self.moments: list[str] = []
        self.unclear: list[str] = []
        self.fed: set[bool] = set()

    @property
    def with_food(self) -> bool | None:
        """Whether with food; None where it is not said, or where the line says both."""
        return next(iter(self.fed)) if len(self.fed) == 1 else None

    def says_how_often(self) -> bool:
        """Whether anything in it says how often it is taken."""
        return bool(self.schedules or self.times or self.unclear or self.as_needed or self.single or self.season)


def take(segment: Segment, piece: Piece, follows: str) -> bool:
    """Give a piece to a segment; False when it has no place there. follows: the role of the piece after it."""
    role, value = piece.role, piece.value
    if role == "schedule":
        segment.schedules.append(value)
    elif role in SILENT or role in TURNING or role == "pill" or (role == "every" and value in ("a", "an")):
        return True
    elif role in ("time", "meal"):
        segment.times.append(value)
        segment.fed |= {True} if role == "meal" else set()
    elif role in ("food", "fasting"):
        segment.fed.add(value)
    elif role in ("newness", "begins") and segment.is_new is None:
        segment.is_new = value
    elif role == "unclear":
        segment.unclear.append(value)
    elif role == "portions":
        segment.unclear.append("into how many doses a day is it divided")
    elif role == "as_needed":
        segment.as_needed = True
    elif role == "single":
        segment.single = True
    elif role == "scheme_mark" and not segment.has_scheme:
        segment.has_scheme = True  # of two schemes it is not clear which holds
        segment.moments += value
    elif role == "moment":
        segment.moments.append(value)
    elif role == "season" and segment.season in ("", value):
        segment.season = value
    elif role == "elemental":
        segment.is_elemental = True
    elif role == "form" and (not segment.form or segment.form == value):
        segment.form = value
    elif role == "duration" and segment.duration is None:
        segment.duration = value[0][1] * DAYS_PER[value[1]] if value[1] in DAYS_PER else None
    elif role == "element" and segment.element is None and not value[1]:
        segment.element = value[0]
    elif role == "salt_as" and not segment.salt and any(value in salt.names for salt in segment.entry.salts):
        segment.salt, segment.is_elemental = value, True
    elif role == "salt" and not segment.salt and any(value in salt.names for salt in segment.entry.salts):
        segment.salt = value
    elif role in ("total", "in_brackets") and getattr(segment, role) is None and value[1] in ("", AT_ONCE):
        setattr(segment, role, value[0])
        segment.is_at_once = value[1] == AT_ONCE
    elif role in ("cap", "bare_cap") and value > _MOST_CAP:
        return False  # "75 mg, max 300 daily": 300 mg, and not so many pieces
    elif role == "bare_cap" and segment.cap is None:
        segment.cap, segment.is_bare_cap = value, True
    elif role in ("cap", "ceiling", "many", "divided") and getattr(segment, role) is None:
        segment.many_comes_last = segment.many_comes_last or (
            role == "many" and bool(segment.schedules or segment.times)
        )
        setattr(segment, role, value)
    else:
        return _take_count(segment, role, value, follows)
    return True


def add_amount(segment: Segment, text: str, pieces: Sequence[Piece], number: int) -> bool:
    """Give an amount, or that of an element, to a segment; False when it has no place there. number: of the piece."""
    if not segment.amounts:
        of_which = whose(text, pieces, number)
        segment.is_beside_count |= of_which == MAY_BE_ALL
        segment.is_of_all |= of_which == ALL
    if pieces[number].role == "element":
        segment.is_part_of_counted = segment.count is not None and len(segment.amounts) == 1
        return take(segment, pieces[number], "")
    segment.amounts.append(pieces[number])
    return True


def of_steps(entry: Entry, steps: Iterable[Step], text: str) -> tuple[list[Segment], list[Piece]]:
    """A segment for each step of one thing, and the pieces that none of them takes."""
    segments: list[Segment] = []
    unread: dict[int, Piece] = {}
    for step in steps:
        segment = Segment(entry, phase=step.phase)
        for number, piece in enumerate(step.pieces):
            follows = step.pieces[number + 1].role if number + 1 < len(step.pieces) else ""
            is_amount = piece.role in ("amount", "element")
            if not (add_amount(segment, text, step.pieces, number) if is_amount else take(segment, piece, follows)):
                unread[piece.start] = piece
        segments.append(segment)
    return segments, list(unread.values())


def _take_count(segment: Segment, role: str, value: Any, follows: str) -> bool:
    """How many pieces: taken at one time, in a serving, or those that an amount stands for."""
    if role == "count" and value[1] == "glass":
        return False  # "with 2 glasses of water"
    if role == "count" and segment.count is None and not value[0][2]:
        is_part = value[0][1] < 1 and segment.form == value[1] != ""
        is_of_one = is_part and follows != "close"  # "3 mg tablets, daily 1/2 tablet"
        segment.count, segment.form = value[0][:2], value[1] or segment.form
        is_last = bool(segment.amounts and segment.schedules) and follows not in HOW_OFTEN
        segment.count_comes_last = is_last and not is_of_one
        segment.count_ends = bool(segment.times) and follows not in HOW_OFTEN
    elif role in ("count", "quantity") and _is_of_packaged(segment, role, value, follows):
        segment.count, segment.bare_count = (value[0] if role == "count" else value)[:2], role == "quantity"
    elif role == "count" and not follows and _is_package(segment, value):
        return True  # "1 tablet daily, 28 tablets"
    elif role == "slash_count" and (segment.count is not None or segment.schedules or _opens_another(value, follows)):
        return False  # "15 mg 1 tablet / 2 tablets 180 mcg MK-7"
    elif role in ("per_count", "slash_count") and segment.per is None and _is_one_number(value[0]):
        segment.per, segment.per_form = value[0][0], value[1]
        segment.may_be_package = role == "slash_count" and value[1] not in LIQUID
    elif role == "serving_count" and segment.serving is None and _is_one_number(value[0]):
        segment.serving = value[0][0]
    elif role == "count_in_brackets" and segment.count_in_brackets is None and _is_one_number(value[0]):
        segment.count_in_brackets = value[0][0], value[1]
    elif role == "per_form" and segment.per is None:
        segment.per, segment.per_form = Decimal(1), value
    elif role == "quantity" and _is_count(segment, value, follows):
        segment.count = value[:2]
        segment.bare_count = True
    else:
        return False
    return True


def _is_package(segment: Segment, count: Any) -> bool:
    """Whether a second count, at the end, is how many are in the package."""
    return segment.says_how_often() and count[1] == segment.form and count[0][0] == count[0][1] >= FEWEST_IN_PACKAGE


def _is_of_packaged(segment: Segment, role: str, value: Any, follows: str) -> bool:
    """Whether a count is of what is taken, and the one before it how many are in the package: "90 caps, 2 daily"."""
    if segment.count is None or segment.count[0] < FEWEST_IN_PACKAGE or segment.form in ("", *LIQUID):
        return False
    quantity, form = value if role == "count" else (value, "")
    is_few = quantity[1] <= _MOST_BARE and not quantity[2]
    return is_few and not segment.says_how_often() and form in ("", segment.form) and follows in HOW_OFTEN


def _opens_another(count: Any, follows: str) -> bool:
    """Whether a count behind a slash may be of what follows; "80 mg/0.8 ml" is how strong it is, whatever follows."""
    return follows == "name" or (follows == "amount" and count[1] != "ml")


def _is_one_number(quantity: Quantity) -> bool:
    return not quantity[2] and quantity[0] == quantity[1] > 0


#: After how many comes how often: "5 mg twice a day, 2 tablets in the morning".
HOW_OFTEN = frozenset(("schedule", "time", "meal", "every", "single"))
#: More pieces than this a day nobody means.
_MOST_CAP = 24
#: "take 5 daily" may be 5 mg as well as 5 tablets.
_MOST_BARE = 4
#: More than so many may be counted where the strength is a number so much larger: "1000 IU, 5 daily".
_MOST_COUNTED, _MUCH_LARGER = 10, 50


def _is_count(segment: Segment, quantity: Quantity, follows: str) -> bool:
    """A bare number is a count only right before how often, beside an amount: "50 mcg (2,000 IU), 1 daily"."""
    nearby = bool(segment.amounts) and follows in ("schedule", "time", "meal", "single", "unclear")
    is_few = quantity[1] <= _MOST_BARE or (
        nearby and quantity[1] <= _MOST_COUNTED and quantity[1] * _MUCH_LARGER <= segment.amounts[0].value[0].low
    )
    return nearby and is_few and segment.count is None and not quantity[2]
