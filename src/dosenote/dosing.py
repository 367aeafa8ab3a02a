"""What an item comes to, each time and a day, in the unit of a substance or group that it counts for."""

from __future__ import annotations

from decimal import Decimal
from math import inf
from typing import NamedTuple

from dosenote.logic import ANY_AMOUNT, Interval
from dosenote.quantity import convert
from dosenote.regimen import Item, Schedule
from dosenote.vocabulary import Entry


def item_amounts(item: Item, target: Entry) -> tuple[Interval, Interval]:
    """Amount each time and amount a day, in the unit of the substance or group that the item counts for."""
    for amount in (item.amount, item.also):  # "12 mEq (146 mg)"
        dosing = None if amount is None else dosing_of(amount.unit, item.schedule, target)
        if amount is None or dosing is not None:
            break
    if amount is None or dosing is None:
        return ANY_AMOUNT, ANY_AMOUNT
    low, high, daily_low, daily_high = dosing.amounts(amount.low, amount.high)
    return Interval(low, high), Interval(daily_low, daily_high)


class Dosing(NamedTuple):
    """Amounts of one unit that are taken so often, and what they count for.

    fewest, most: times a day; fewest is None where it is not said how often, most where nothing bounds it. ceiling: the
    written maximum of one day, in the unit of the target, or None.
    """

    unit: str
    target: Entry
    fewest: Decimal | None = None
    most: Decimal | None = None
    ceiling: Decimal | None = None

    def amounts(self, low: Decimal, high: Decimal | None) -> tuple[float, float, float, float]:
        """Of an amount from low to high (None: no upper bound): each time, and a day, low and high, in its unit."""
        least = self.converted(low)
        most = least if high is low else None if high is None else self.converted(high)
        each_low = float(least)
        each_high = each_low if most is least else inf if most is None else float(most)
        if self.fewest is None:
            return each_low, each_high, ANY_AMOUNT.low, ANY_AMOUNT.high
        ceiling = None if most is None or self.most is None else most * self.most
        if self.ceiling is not None:  # "at bedtime, max 6 a day" may be six a day
            ceiling = self.ceiling
        lowest = least * self.fewest
        if ceiling is None:
            return each_low, each_high, float(lowest), inf
        daily_low = float(min(lowest, ceiling))
        return each_low, each_high, daily_low, daily_low if ceiling <= lowest else float(ceiling)

    def converted(self, amount: Decimal) -> Decimal:
        """An amount in the unit of the target."""
        found = convert(amount, self.unit, self.target.unit, self.target.mcg_per_iu)
        assert found is not None  # else there is no Dosing
        return found


def dosing_of(unit: str, schedule: Schedule | None, target: Entry) -> Dosing | None:
    """How amounts of a unit count for a substance or group; None where they do not convert to its unit."""
    if not target.unit or convert(Decimal(1), unit, target.unit, target.mcg_per_iu) is None:
        return None
    if schedule is None:
        return Dosing(unit, target)
    found = Dosing(unit, target, *schedule.times_per_day())
    most = schedule.max_per_day
    return found if most is None else found._replace(ceiling=found.converted(most))
