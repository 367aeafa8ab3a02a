"""Which pieces beside each other make which: the table of productions, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from dosenote.reader.makers import (
    DAILY,
    MOST_IN_SCHEME,
    ONE,
    PERSON,
    TWO_DAYS,
    Made,
    is_year,
    make_age,
    make_amount,
    make_amount_range,
    make_at_most,
    make_but_days,
    make_cap,
    make_cap_in,
    make_ceiling_in,
    make_count,
    make_count_and_schedule,
    make_day_range,
    make_days_of,
    make_dispensed,
    make_divided,
    make_duration,
    make_each_of,
    make_fortnightly,
    make_fraction,
    make_more_days,
    make_number_twice,
    make_o_clock,
    make_on_days,
    make_once_or,
    make_over,
    make_part_before,
    make_part_count,
    make_part_of_year,
    make_part_scheme,
    make_quantity,
    make_range,
    make_repeated,
    make_repeated_count,
    make_schedule,
    make_scheme,
    make_scheme_end,
    make_supply,
    make_supply_at,
    make_then_for,
    make_thousands,
    make_times_a,
    make_under,
    make_whole_and_part,
    make_with_number,
    make_with_part,
)

Production = tuple[str, Callable[..., Made]]
#: How to go on after two roles ("" for the second: there is one role only): the roles after those two, and the maker.
Rest = list[tuple[list[str], Callable[..., Made]]]


class Stage(NamedTuple):
    """Productions that apply together, as `reduce` looks them up: by the first two roles, or by the only one.

    begins: the first two roles of each as one text, to see at once that none can apply.
    """

    pairs: dict[str, dict[str, Rest]]
    singles: dict[str, Callable[..., Made]]
    begins: frozenset[str]


def _stage(*productions: Production) -> Stage:
    """The productions by their first two roles, the longest first."""
    pairs: dict[str, dict[str, Rest]] = {}
    singles: dict[str, Callable[..., Made]] = {}
    for roles, make in productions:
        first, *others = roles.split()
        if others:
            pairs.setdefault(first, {}).setdefault(others[0], []).append((others[1:], make))
        else:
            singles[first] = make
    for by_second in pairs.values():
        for found in by_second.values():
            found.sort(key=lambda production: -len(production[0]))
    begins = frozenset(f"{first} {second}" for first, by_second in pairs.items() for second in by_second)
    return Stage(pairs, singles, begins)


#: Before a fraction is put together, and after: "1-0-1 1/2 tablet", "½-0-½".
_SCHEMES: tuple[Production, ...] = (
    ("number to number to number to number", lambda a, _a, b, _b, c, _c, d: make_scheme(a, b, c, d)),
    ("number to number to number", lambda a, _a, b, _b, c: make_scheme(a, b, c)),
    ("number plus number plus number", lambda a, _a, b, _b, c: make_scheme(a, b, c)),
)

STAGES: tuple[Stage, ...] = (
    _stage(
        ("number_word number unit", make_with_number),
        ("number_word", lambda number: ("number", number)),
    ),
    _stage(
        ("number to number to number fraction number", lambda a, _a, b, _b, *part: make_scheme_end(a, b, *part)),
        *_SCHEMES,
        ("number fraction number", lambda top, _, bottom: make_fraction(top, bottom)),
        ("for number slash number", lambda _f, top, _, bottom: make_part_of_year(top, bottom)),
        ("times number slash number", lambda _f, top, _, bottom: make_part_of_year(top, bottom)),
        ("number open number close", make_number_twice),
        ("number slash number to", lambda top, _, bottom, to: make_part_scheme(top, bottom, to)),
        ("number slash number form", lambda top, _, bottom, form: make_part_count(top, bottom, form)),
        ("number number slash number", lambda whole, top, _, bottom: make_whole_and_part(whole, top, bottom)),
        ("number slash number rest", lambda top, _, bottom, rest: make_part_before(top, bottom, ("rest", rest))),
        ("number slash number weekday", lambda top, _, bottom, day: make_part_before(top, bottom, ("weekday", day))),
        ("number half", lambda number, _: ("number", (Decimal("0.5"),)) if number == (ONE,) else None),
        ("number and half", lambda number, _a, _h: make_with_part(number, Decimal("0.5"))),
    ),
    _stage(
        ("number part", make_with_part),
        ("number and part", lambda number, _, part: make_with_part(number, part)),
        ("half", lambda _: ("number", (Decimal("0.5"),))),
    ),
    _stage(("part", lambda part: ("number", (part,)))),
    _stage(
        *_SCHEMES,
        ("number to number", make_range),
        ("number or number", make_range),
        ("between number and number", lambda _b, low, _a, high: make_range(low, _a, high)),
    ),
    _stage(("number", make_quantity)),
    _stage(
        ("quantity unit", make_amount),
        ("quantity thousand unit", make_thousands),
        ("quantity level", lambda quantity, unit: ("reading", (quantity, unit))),
        ("quantity form", make_count),
        ("quantity open form close", lambda quantity, _o, form, _c: make_count(quantity, form)),
        ("quantity times", lambda quantity, _: None if quantity[2] else ("repeat", quantity[:2])),
        ("pronoun form", lambda _, form: make_count((ONE, ONE, ""), form)),
        ("at quantity ampm", lambda _, quantity, _m: make_o_clock(quantity)),
        ("at quantity", lambda _, quantity: make_o_clock(quantity)),
        ("quantity ampm", lambda quantity, _: make_o_clock(quantity) if quantity[0] > MOST_IN_SCHEME else None),
        ("quantity clock", lambda quantity, _: make_o_clock(quantity)),
        ("quantity time", lambda quantity, time: ("time", time) if time == "noon" and quantity[0] == 12 else None),
        ("for complaint", lambda *_: []),
        ("for vital", lambda *_: []),
        ("as_needed complaint", lambda word, _: ("as_needed", word)),
        ("as_needed vital", lambda word, _: ("as_needed", word)),
        ("as_needed for complaint", lambda word, *_: ("as_needed", word)),
        ("as_needed for vital", lambda word, *_: ("as_needed", word)),
        ("for quantity period", lambda _, quantity, unit: make_duration(quantity, unit)),
        ("times quantity period", lambda _, quantity, unit: make_duration(quantity, unit)),
        ("quantity dispense", lambda *_: []),
        ("dispense quantity", make_dispensed),
        ("quantity period long", lambda quantity, unit, _: make_duration(quantity, unit)),
        ("quantity period food", lambda _q, unit, food: ("food", food) if unit in ("minute", "hour") else None),
        ("quantity period apart", lambda *_: []),
        ("least quantity period", lambda _, quantity, unit: [("quantity", quantity), ("period", unit)]),
        ("apart quantity period", lambda *_: []),
        ("in quantity portions", lambda _, quantity, _d: make_divided(quantity)),
        ("since date", lambda *_: []),
        ("since date quantity", lambda _s, _d, year: [] if is_year(year) else None),
        ("since quantity", lambda _, year: [] if is_year(year) else None),
        ("in quantity", lambda _, year: ("date", "") if is_year(year) else None),
        ("until quantity", lambda _, year: ("until", "") if is_year(year) else None),
        ("until date", lambda *_: ("until", "")),
        ("date quantity", lambda _, year: ("date", "") if is_year(year) else None),
        ("age quantity", lambda _, quantity: make_age(quantity)),
        ("age quantity period", lambda _, quantity, unit: make_age(quantity, unit)),
        ("age quantity period old", lambda _a, quantity, unit, _o: make_age(quantity, unit)),
        ("quantity period old", lambda quantity, unit, _: make_age(quantity, unit)),
        ("quantity old", lambda quantity, _: make_age(quantity)),
        ("person", lambda name: ("person_fact", PERSON[name])),
        ("weekday", lambda day: ("days", (day,))),
    ),
    _stage(
        ("ampm", lambda time: ("time", time)),
        ("at", lambda _: []),
        ("pronoun", lambda _: []),
        ("amount to amount", make_amount_range),
        ("amount or amount", make_amount_range),
        ("repeat to repeat", lambda low, _, high: ("repeat", (low[0], high[1]))),
        ("repeat or schedule", lambda low, _, schedule: make_once_or(low, schedule)),
        ("time or time", lambda time, *_: ("time", time)),
        ("meal or meal", lambda meal, *_: ("meal", meal)),
        ("food and time", lambda _f, _a, time: [("unclear", "with how many meals"), ("time", time)]),
        ("time and food", lambda time, *_: [("unclear", "with how many meals"), ("time", time)]),
        ("apart meal", lambda word, meal: [("time", meal), ("food", False)] if word == "before" else ("meal", meal)),
        ("repeat or repeat", lambda low, _, high: ("repeat", (low[0], high[1]))),
        ("repeat amount", lambda times, amount: [("count", ((*times, ""), "")), ("amount", amount)]),
        ("times count", lambda _, count: ("count", count)),
        ("times quantity", lambda _, quantity: None if quantity[2] else ("many", quantity[:2])),
        ("every count", lambda _, count: ("per_count", count)),
        ("slash count", lambda _, count: ("per_count", count)),
        ("in count", lambda _, count: ("per_count", count)),
        ("equals count", lambda _, count: ("per_count", count)),
        ("count equals amount", lambda count, _, amount: [("per_count", count), ("amount", amount)]),
        ("serving count", lambda _, count: ("serving_count", count)),
        ("count serving", lambda count, _: ("serving_count", count)),
        ("serving quantity", lambda _, quantity: ("serving_count", (quantity, ""))),
        ("count open amount close", lambda count, _o, amount, _c: [("count", count), ("in_brackets", amount)]),
        ("count open amount total close", lambda count, _o, amount, _t, _c: [("count", count), ("total", amount)]),
        ("count open amount every close", lambda count, _o, amount, _e, _c: [("count", count), ("amount", amount)]),
        ("amount total", lambda amount, _: ("total", amount)),
        ("total amount", lambda _, amount: ("total", amount)),
        ("amount open count close", lambda amount, _o, count, _c: [("amount", amount), ("count_in_brackets", count)]),
        ("reading open quantity close", lambda reading, *_: ("reading", reading)),
        ("reading open reading close", lambda reading, *_: ("reading", reading)),
        ("goal quantity", lambda *_: ("goal_value", "")),
        ("goal reading", lambda *_: ("goal_value", "")),
        ("dispense count", lambda *_: []),
        ("below amount", lambda _, amount: make_under(amount)),
        ("least amount", lambda _, amount: make_over(amount)),
        ("elemental amount", lambda _, amount: ("element", amount)),
        ("amount elemental", lambda amount, _: ("element", amount)),
        ("every form", lambda _, form: ("per_form", form)),
        ("slash form", lambda _, form: ("per_form", form)),
        ("form quantity", lambda form, quantity: make_count(quantity, form)),
        ("date to date", lambda *_: ("season", "part of the year")),
        ("not date to date", lambda word, *_: ("season", "part of the year") if word == "from" else None),
        ("between date and date", lambda *_: ("season", "part of the year")),
        ("newness days", lambda newness, _: ("begins", newness)),
        ("since days", lambda *_: []),
        ("days to days", lambda first, _, last: make_day_range(first, last)),
        ("days days", make_more_days),
        ("days slash days", lambda days, _, more: make_more_days(days, more)),
        ("days comma days", lambda days, _, more: make_more_days(days, more)),
        ("days and days", lambda days, _, more: make_more_days(days, more)),
        ("days plus days", lambda days, _, more: make_more_days(days, more)),
        ("days comma and days", lambda days, _c, _a, more: make_more_days(days, more)),
        ("schedule except days", lambda schedule, _, days: make_but_days(schedule, days)),
        ("every period except days", lambda _e, unit, _x, days: make_but_days(DAILY, days) if unit == "day" else None),
    ),
    _stage(
        ("quantity period every period", lambda quantity, unit, _, whole: make_days_of(quantity, unit, whole)),
        ("quantity period slash period", lambda quantity, unit, _, whole: make_days_of(quantity, unit, whole)),
        ("repeat every other period", lambda times, _e, _o, unit: make_schedule(times, Decimal(2), unit)),
        ("repeat every quantity period", lambda times, _, quantity, unit: make_each_of(quantity, unit, times)),
        ("repeat every period", lambda times, _, unit: make_schedule(times, ONE, unit)),
        ("repeat slash period", lambda times, _, unit: make_schedule(times, ONE, unit)),
        ("repeat period", lambda times, unit: make_schedule(times, ONE, unit)),
        ("repeat schedule", make_repeated),
        ("repeat count schedule", make_repeated_count),
        ("repeat quantity schedule", lambda times, count, often: make_repeated_count(times, (count, ""), often)),
        ("many schedule", make_repeated),
        ("every other period", lambda _e, _o, unit: make_schedule((ONE, ONE), Decimal(2), unit)),
        ("schedule every quantity period", make_then_for),
        ("every quantity period", lambda _, quantity, unit: make_each_of(quantity, unit)),
        ("every period", lambda _, unit: make_schedule((ONE, ONE), ONE, unit)),
        ("slash period", lambda _, unit: make_schedule((ONE, ONE), ONE, unit)),
        ("every time", lambda _, time: ("time", time)),
        ("repeat time", lambda times, time: ("time", time) if times == (ONE, ONE) else None),
        ("repeat meal", lambda times, meal: ("meal", meal) if times == (ONE, ONE) else None),
        ("every meal", lambda _, meal: ("meal", meal)),
        ("every other days", lambda _e, _o, days: make_fortnightly(days)),
        ("every days", lambda _, days: ("days", days)),
        ("max count in quantity period", lambda _, count, _i, hours, unit: make_cap_in(count[0], hours, unit)),
        ("max count every quantity period", lambda _, count, _i, hours, unit: make_cap_in(count[0], hours, unit)),
        ("max quantity in quantity period", lambda _, count, _i, hours, unit: make_cap_in(count, hours, unit)),
        ("max amount in quantity period", lambda _, amount, _i, hours, unit: make_ceiling_in(amount, hours, unit)),
        ("max amount every quantity period", lambda _, amount, _i, hours, unit: make_ceiling_in(amount, hours, unit)),
        ("every other time", lambda _e, _o, time: [("schedule", TWO_DAYS), ("time", time)]),
        ("max quantity every period", lambda _, quantity, _e, unit: ("cap", quantity[1]) if unit == "day" else None),
        ("max quantity slash period", lambda _, quantity, _s, unit: ("cap", quantity[1]) if unit == "day" else None),
        ("max count every period", lambda _, count, _e, unit: ("cap", count[0][1]) if unit == "day" else None),
        ("max count slash period", lambda _, count, _s, unit: ("cap", count[0][1]) if unit == "day" else None),
        ("quantity slash period", lambda quantity, _, unit: make_times_a(quantity, unit)),
        ("quantity every period", lambda quantity, _, unit: make_times_a(quantity, unit)),
        ("count every period", lambda count, _, unit: make_count_and_schedule(count, unit)),
    ),
    _stage(
        ("days", make_on_days),
        ("schedule quantity period", make_supply),
        ("time quantity period", make_supply_at),
        ("amount every", lambda amount, word: ("amount", amount) if word in ("each", "je") else None),
        ("max schedule", lambda _, schedule: make_at_most(schedule)),
        ("max quantity schedule", lambda _, quantity, schedule: make_cap(quantity, schedule)),
        ("max count schedule", lambda _, count, schedule: make_cap(count[0], schedule)),
        ("max amount schedule", lambda _, amount, schedule: ("ceiling", amount[0]) if schedule == DAILY else None),
        ("amount max schedule", lambda amount, _, schedule: ("ceiling", amount[0]) if schedule == DAILY else None),
    ),
)  # fmt: skip
