"""Ways of saying how often and how many, each with its known meaning, in many frames: right, or a question."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dosenote.reader import Reader
from dosenote.regimen import Reading

#: Doses in a number of days, and ways to say it; None where the words leave it open.
DAYS = {"month": Fraction(487, 16), "year": Fraction(1461, 4)}
OFTEN: dict[Fraction | None, tuple[str, ...]] = {
    Fraction(1, 2): (
        "every other day",
        "every second day",
        "every 2nd day",
        "every 2 days",
        "on alternate days",
        "alternate days",
        "qod",
        "q48h",
        "every 48 hours",
        "every other night",
        "every other morning",
        "every second evening",
        "q2d",
    ),
    Fraction(1, 3): (
        "every third day",
        "every 3rd day",
        "every 3 days",
        "every three days",
        "q72h",
        "every third night",
        "q3d",
    ),
    Fraction(3, 1): ("every 8 hours", "q8h", "3/day", "tid", "tds"),
    Fraction(2, 1): (
        "every 12 hrs",
        "q12h",
        "2 x daily",
        "2 x per day",
        "2 per day",
        "two a day",
        "each morning and evening",
        "morning and evening",
        "bid",
        "bd",
        "mane et nocte",
        "om + on",
    ),
    Fraction(4, 1): ("every 6 h", "qid", "qds"),
    Fraction(2, 7): (
        "2x/week",
        "twice weekly",
        "twice a week",
        "two times per week",
        "2 days a week",
        "weekends",
        "at weekends",
        "Sat & Sun",
        "semiweekly",
        "twice daily on Mondays",
        "2/week",
    ),
    Fraction(3, 7): ("3 times a week", "three times weekly", "3x week", "3x weekly", "tiw"),
    Fraction(5, 7): (
        "5 days a week",
        "five days per week",
        "weekdays",
        "on weekdays",
        "Mon-Fri",
        "Monday to Friday",
        "5 days on 2 days off",
        "once a day 5 days a week",
        "daily 5 days a week",
        "daily Monday to Friday",
        "daily on weekdays",
        "every morning Mon-Fri",
    ),
    Fraction(1, 14): (
        "once every two weeks",
        "every two weeks",
        "every 2 weeks",
        "every other week",
        "every fortnight",
        "fortnightly",
        "once a fortnight",
        "every other Sunday",
        "every second Sunday",
        "every 14 days",
        "once in two weeks",
        "once per 2 weeks",
        "q2w",
    ),
    Fraction(1, 21): ("every three weeks",),
    Fraction(2, 1) / DAYS["month"]: ("twice a month", "two times a month", "1st and 15th of the month"),
    Fraction(1, 1) / DAYS["month"]: (
        "once a month",
        "monthly",
        "every month",
        "first of every month",
        "on the 1st of each month",
        "on the first of the month",
        "first Sunday of the month",
        "every 1st Monday of the month",
        "q month",
    ),
    Fraction(1, 2) / DAYS["month"]: ("every 2 months", "every other month"),
    Fraction(1, 3) / DAYS["month"]: ("every three months", "every 3 months", "quarterly"),
    Fraction(1, 1) / DAYS["year"]: ("once a year", "yearly"),
    Fraction(2, 1) / DAYS["year"]: ("every 6 months", "twice a year"),
    Fraction(1, 7): (
        "every Sunday",
        "Sundays",
        "on Sundays",
        "each Sunday",
        "1/week",
        "per week",
        "/wk",
        "each week",
        "weekly x 8 weeks",
        "1 every 7 days",
        "once in a week",
        "qwk",
        "q week",
    ),
    None: (
        "biweekly",
        "bi-weekly",
        "bimonthly",
        "every day for 5 days then 2 days off",
        "21 days on 7 days off",
        "every few days",
        "now and then",
        "sometimes",
        "3 times",
        "twice",
        "every morning and every other evening",
        "day 1 and 15",
        "once",
        "once daily every other week",
        "daily every other week",
        "biw",
    ),
    Fraction(4, 7): ("twice a day on Mon and Thu", "on Mon and Thu twice a day"),
    Fraction(1, 1): (
        "twice every other day",
        "1x daily",
        "one a day",
        "1/day",
        "1/d",
        "per day",
        "a day",
        "/day",
        "each day",
        "daily x 90 days",
        "daily x3 days",
        "7 days a week",
        "every 24 hours",
        "q24h",
        "qd",
        "od",
        "nocte",
        "mane",
    ),
    Fraction(1, 10): ("1 every 10 days", "every 10 days"),
    Fraction(1, 28): ("every 28 days", "every 4 weeks", "q4w"),
    Fraction(1, 30): ("every 30 days",),
    Fraction(1, 15): ("once in 15 days",),
}
#: Pieces of one strength, {a}, and ways to say it.
MANY: dict[Fraction | None, tuple[str, ...]] = {
    Fraction(2, 1): (
        "2 x {a}",
        "{a} x 2",
        "{a} x2",
        "2x{a}",
        "2 × {a}",
        "two {a} capsules",
        "{a} capsules, two",
        "{a} capsule x 2",
        "{a}, take two",
        "{a} take 2",
        "{a}, take 2 capsules",
        "2 caps of {a}",
        "2 caps {a} each",
        "2 capsules ({a} each)",
        "{a} per capsule, 2 capsules",
        "{a}/capsule, 2 capsules",
        "{a} ii tabs",
        "ii tabs {a}",
        "{a} 2tabs",
        "{a} tab 2",
        "a pair of {a} tablets",
    ),
    None: (
        "{a} (2 capsules)",
        "{a} in 2 capsules",
        "{a} per 2 capsules",
        "{a} #2",
        "both {a} tablets",
        "3 ({a}) pills",
        "{a} (3)",
        "{a} double",
        "double {a}",
    ),
    Fraction(1, 1): (
        "2 capsules ({a} total)",
        "{a} per serving, 2 capsules per serving, 2 capsules",
        "{a} per serving (2 capsules), 1 serving",
        "{a} per serving (2 capsules), 2 capsules",
        "a {a} tablet",
        "a single {a} tablet",
        "one tablet ({a})",
        "{a} one tab",
        "{a} i tab",
        "{a} 1 tab",
        "{a} 1tab",
    ),
    Fraction(1, 2): (
        "{a} per serving (2 capsules), 1 capsule",
        "half a {a} tablet",
        "{a} 1/2 tab",
        "{a} ½ tab",
        "0.5 tab {a}",
        "{a} 0.5 tablet",
        "{a} half tablet",
        "{a} tab, half",
    ),
    Fraction(3, 2): (
        "1½ tablets of {a}",
        "1 1/2 tablets {a}",
        "1-1/2 tabs {a}",
        "1.5 tabs {a}",
        "one and a half {a} tablets",
        "{a} tablets, one and a half",
    ),
    Fraction(3, 4): ("{a} 3/4 tab",),
    Fraction(1, 4): ("{a} 1/4 tab", "quarter of a {a} tablet", "{a} tablet, quarter"),
    Fraction(3, 1): (
        "{a} iii tabs",
        "three {a} pills",
        "3 pills of {a}",
        "{a}, 3 pills",
        "{a}; 3 pills",
        "{a} - 3 pills",
        "{a}: 3 pills",
        "3 tablets ({a})",
        "{a} (x3)",
        "{a} *3",
        "3*{a}",
        "3 lots of {a}",
    ),
}
#: A strength, and a frame that holds it.
FRAMES_OFTEN = (
    (1000, "vitamin D3 1000 IU {}"),
    (5, "warfarin 5 mg {}"),
    (500, "take 1 tablet of calcium 500 mg {}"),
    (1000, "D3 1000 IU, {}"),
    (100, "magnesium 100 mg capsule: one {}"),
    (1000, "{}: vitamin D3 1000 IU"),
)
FRAMES_MANY = ("{n} {c} daily", "{n}: {c}, once a day", "{c} {n} daily", "every morning {n} {c}")
NAMES = (
    ("warfarin", "2 mg"), ("vitamin D3", "1000 IU"), ("calcium", "250 mg"), ("magnesium", "100 mg"), ("MK-7", "45 mcg"),
)  # fmt: skip


def total(reading: Reading) -> Fraction | None:
    """Amount a day of all items, in the unit that the line gives; None for a range or a dose taken once."""
    found = Fraction(0)
    for item in reading.items:
        assert item.amount is not None
        assert item.schedule is not None
        low, high = item.schedule.times
        if item.schedule.once or low != high or item.amount.low != item.amount.high:
            return None
        found += Fraction(item.amount.low) * Fraction(low) / Fraction(item.schedule.period_days)
    return found


@pytest.mark.parametrize(("doses", "said"), [(doses, said) for doses, ways in OFTEN.items() for said in ways])
def test_how_often_is_right_or_asked(reader: Reader, doses: Fraction | None, said: str) -> None:
    """In no frame is an interval read as another one, and what is open is never accepted."""
    for strength, frame in FRAMES_OFTEN:
        line = frame.format(said)
        reading = reader.read(line)
        if reading.outcome == "accept":
            assert doses is not None, line
            assert total(reading) == pytest.approx(float(doses * strength)), line


@pytest.mark.parametrize(("many", "said"), [(many, said) for many, ways in MANY.items() for said in ways])
def test_how_many_is_right_or_asked(reader: Reader, many: Fraction | None, said: str) -> None:
    """In no frame and for no name are pieces miscounted, and what is open is never accepted."""
    for frame in FRAMES_MANY:
        for name, amount in NAMES:
            line = frame.format(n=name, c=said.format(a=amount))
            reading = reader.read(line)
            if reading.outcome == "accept":
                assert many is not None, line
                assert total(reading) == many * int(amount.split()[0]), line


def test_most_ways_are_read(reader: Reader) -> None:
    """To ask about everything would be right, too, and of no use."""
    often = [(doses, frame.format(said)) for doses, ways in OFTEN.items() for said in ways for _, frame in FRAMES_OFTEN]
    known = [line for doses, line in often if doses is not None]
    assert sum(reader.read(line).outcome == "accept" for line in known) > 0.8 * len(known)
