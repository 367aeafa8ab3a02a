"""What one production makes of the values it matched: numbers, amounts, counts, schedules, facts about the person."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dosenote.quantity import IU, Amount, convert
from dosenote.regimen import Schedule
from dosenote.vocabulary import Entry

ONE = Decimal(1)
DAILY = Schedule((ONE, ONE))
TWO_DAYS = Schedule((ONE, ONE), Decimal(2))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: So many pieces at least are in a package.
FEWEST_IN_PACKAGE = 14
#: More pieces than this at one time of day are no scheme but a date or a range.
MOST_IN_SCHEME = 4

#: What a production makes of the pieces it matched: a role and a value, several of them, or None when it does not
#: apply after all.
Made = tuple[str, Any] | list[tuple[str, Any]] | None
Quantity = tuple[Decimal, Decimal, str]


# --- numbers: a quantity is (lowest, highest, and what the writing leaves open: "", EITHER of the two, or RANGE)

#: The first of two strengths is more than this: 3/4 mg may be three quarters.
_FEWEST_OF_PAIR = 4
EITHER, RANGE, PAIR, THOUSANDS = "either", "range", "pair", "thousands"
#: The role of what is left over: a reading shows its words.
UNREAD = "word"
#: A plus right behind what stands before it: 1000 IU+ daily.
OR_MORE = "or more"
#: Said right behind how many pieces: all of them together, at one time.
AT_ONCE = "at once"


def make_quantity(values: tuple[Decimal, ...]) -> Made:
    """5, or 1.000, which may be one or a thousand: the lowest, the highest, and whether it is open which."""
    if len(values) == 1:
        return "quantity", (values[0], values[0], "")
    return "quantity", (min(values), max(values), EITHER)


#: A range of which the top is more than this many times the bottom is none.
_WIDEST = 25


def make_either(low: tuple[Decimal, ...], _or: Any, high: tuple[Decimal, ...]) -> Made:
    """1 or 2."""
    if min(low) > min(high):
        return None
    elided = min(low) * _WIDEST < max(high) and min(low) > 0  # "5-10,000 IU", "2-500 mg tablets"
    return "quantity", (min(low), max(high), RANGE if len(low) > 1 or len(high) > 1 or elided else "")


#: Dots between two numbers may be a point struck twice, where the second is no larger than this.
_DOTS, _FEWEST_DOTTED = ("..", "..."), 100


def make_range(low: tuple[Decimal, ...], to: Any, high: tuple[Decimal, ...]) -> Made:
    """2 to 3: from the lowest to the highest; 1.000-2.000 is thousands, or is not, in both."""
    if len(low) > 1 and len(high) > 1 and max(low) <= max(high):
        return "quantity", (max(low), max(high), THOUSANDS)  # "1.000-2.000": both, or neither
    made = make_either(low, to, high)
    if made is not None and to in _DOTS and max(high) < _FEWEST_DOTTED:
        return "quantity", (*made[1][:2], RANGE)  # "2..5 mg" may be 2.5 mg
    return made


#: A tablet breaks in so many parts.
_BROKEN_IN = (2, 4)


def make_fraction(top: tuple[Decimal, ...], bottom: tuple[Decimal, ...]) -> tuple[str, Decimal] | None:
    """1/2, 3/4: a part of one; None where it is none in which a tablet is broken: "1/3" may be one or three."""
    if len(top) > 1 or len(bottom) > 1 or not 0 < top[0] < bottom[0] or bottom[0] not in _BROKEN_IN:
        return None
    return "part", top[0] / bottom[0]


#: So many whole ones at most have a half beside them.
_MOST_WHOLE = 20


def make_with_part(whole: tuple[Decimal, ...], part: Decimal) -> Made:
    """1½ is one and a half; "one half" is half of one."""
    if len(whole) > 1 or whole[0] != whole[0].to_integral_value() or whole[0] > _MOST_WHOLE:
        return None  # "two thousand and a half" is no 2000.5
    return "number", (whole[0] + part,)


def make_number_twice(number: tuple[Decimal, ...], _o: Any, again: tuple[Decimal, ...], _c: Any) -> Made:
    """3 (three): the same number in figures and in letters."""
    return ("number", number) if number == again else None


def make_half_more(number: tuple[Decimal, ...], form: str) -> Made:
    """2 tablets and a half."""
    made = make_with_part(number, Decimal("0.5"))
    return [made, ("form", form)] if isinstance(made, tuple) else None


def make_half_of(form: str, link: str, _half: Any, every: str, number: tuple[Decimal, ...]) -> Made:
    """2 mg tablet and half of a 1 mg tablet: no tablet and a half."""
    return [("form", form), ("and", link), ("number", (Decimal("0.5"),)), ("every", every), ("number", number)]


# --- amounts


def make_amount(quantity: Quantity, unit: str) -> tuple[str, tuple[Amount, str]]:
    """5 mg: a quantity with its unit."""
    low, high, unclear = quantity
    return "amount", (Amount(low, high, unit), unclear)


def make_thousands(quantity: Quantity, _k: Any, unit: str) -> Made:
    """60K IU is 60,000 IU. K beside any other unit is not an abbreviation anybody uses for thousand."""
    if unit != IU:
        return None
    low, high, unclear = quantity
    return make_amount((low * 1000, high * 1000, unclear), unit)


def make_amount_range(low: tuple[Amount, str], _to: Any, high: tuple[Amount, str]) -> Made:
    """500 mg to 600 mg; None where the units differ, or the first is above the second."""
    (first, one), (second, two) = low, high
    if first.unit != second.unit or second.high is None or first.low > second.high:
        return None
    return "amount", (Amount(first.low, second.high, first.unit), RANGE if one or two else "")


def make_sum(*parts: tuple[tuple[Amount, str], Sequence[Any]]) -> Made:
    """5 mg x1 + 1 mg x2: together 7 mg, each time. parts: an amount of one piece, and how many of it."""
    total: Amount | None = None
    for (amount, unclear), count in parts:
        each = amount.times(count[0], count[1])
        if unclear or any(count[2:]) or each.high is None:
            return None
        if total is None:
            total = each
            continue
        low, high = (convert(value, each.unit, total.unit, None) for value in (each.low, each.high))
        if low is None or high is None or total.high is None:
            return None
        total = Amount(total.low + low, total.high + high, total.unit)
    return None if total is None else ("amount", (total, ""))


def make_sum_each(one: tuple[Amount, str], often: Schedule, _: Any, two: tuple[Amount, str], again: Schedule) -> Made:
    """100 mcg daily + 25 mcg daily: together 125 mcg, each day."""
    made = make_sum((one, (ONE, ONE)), (two, (ONE, ONE))) if often == again == DAILY else None
    return [made, ("schedule", often)] if isinstance(made, tuple) else None


def make_total(amount: tuple[Amount, str]) -> tuple[str, Any]:
    """2 tablets (10 mg total): the amount of all of them at one time."""
    return "total", (amount[0], amount[1] or AT_ONCE)


def make_total_often(word: Any, often: Schedule, amount: tuple[Amount, str]) -> Made:
    """Total daily 10 mg."""
    return [("total", amount), ("schedule", often)] if isinstance(word, str) else None


def make_total_of(one: tuple[Amount, str], word: Any, two: tuple[Amount, str]) -> Made:
    """5 mg total 10 mg, 10 mg total 5 mg: the larger is the total."""
    if not isinstance(word, str) or one[0].unit != two[0].unit or one[0].low == two[0].low:
        return None
    roles = ("amount", "total") if one[0].low < two[0].low else ("total", "amount")
    return [(roles[0], one), (roles[1], two)]


def make_pieces(count: Any, one: tuple[Amount, str], other_count: Any, other: tuple[Amount, str]) -> Made:
    """One 3 mg tablet + two 500 mcg tablets."""
    return make_sum((one, count[0]), (other, other_count[0]))


def make_dual(low: Quantity, mark: str, second: Quantity, unit: str, close: str, own: str) -> list[tuple[str, Any]]:
    """Vitamin D 1000 (25 MCG) UNIT: two units of one amount, as order names write them."""
    return [make_amount(low, own), ("open", mark), make_amount(second, unit), ("close", close)]


def make_element(one: tuple[Amount, str], _e: str, two: tuple[Amount, str]) -> Made:
    """1250 mg elemental 500 mg: the weight of the salt, and of its element, which is the smaller."""
    (first, unclear), (second, also_unclear) = one, two
    if first.unit != second.unit or unclear or also_unclear or first.low == second.low:
        return None
    part, whole = (one, two) if first.low < second.low else (two, one)
    return [("amount", whole), ("element", part)]


def make_elemental(whole: Quantity, mark: str, part: Quantity, name: Any, close: str, unit: str) -> Made:
    """Calcium carbonate 1250 (500 CA) MG: the weight of the salt, and of its element."""
    *amounts, end = make_dual(whole, mark, part, unit, close, unit)
    return [*amounts, ("name", name), end]


def make_pair(low: tuple[Decimal, ...], _to: Any, high: tuple[Decimal, ...], unit: str) -> Made:
    """20-12.5 mg is no range: the strengths of two substances, in their order."""
    if len(low) > 1 or len(high) > 1 or low[0] <= high[0]:
        return None
    return [("amount", (Amount(one[0], one[0], unit), PAIR)) for one in (low, high)]


def make_pair_of_units(low: tuple[Decimal, ...], *rest: Any) -> Made:
    """70-2800 mg-unit: the strengths of two substances, each with its unit."""
    mark, high, unit, _, second = rest
    if len(low) > 1 or len(high) > 1 or unit == second:
        return None
    one, two = (("amount", (Amount(n[0], n[0], of), PAIR)) for n, of in ((low, unit), (high, second)))
    return [one, ("slash", mark), two]


def make_slash_pair(quantity: Quantity, slash: str, amount: tuple[Amount, str]) -> Made:
    """Lisinopril/HCTZ 20/12.5 mg: the strengths of two substances, in their order; 3/4 mg may be anything."""
    low, high, unclear = quantity
    if unclear or low != high or amount[1] or amount[0].low != amount[0].high or low <= _FEWEST_OF_PAIR:
        return None
    return [("amount", (Amount(low, low, amount[0].unit), PAIR)), ("slash", slash), ("amount", (amount[0], PAIR))]


def make_part_of(quantity: Quantity, amount: tuple[Amount, str]) -> Made:
    """Half of a 2 mg tablet."""
    if quantity[2] or quantity[1] == quantity[1].to_integral_value():
        return None  # "2 500 mg" may be 2,500
    return [("count", (quantity, "")), ("amount", amount)]


def make_pieces_of(entry: Entry, number: tuple[Decimal, ...], schedule: Schedule) -> Made:
    """Multivitamin one daily: a number in words is how many, and no amount."""
    return [("name", entry), ("count", ((*number, *number, ""), "")), ("schedule", schedule)]


def make_with_number(number: tuple[Decimal, ...], written: tuple[Decimal, ...], unit: str) -> Made:
    """Two 500 mg: a number in letters before an amount counts the pieces."""
    return [("count", ((*number, *number, ""), "")), ("number", written), ("unit", unit)]


#: For so many hours a tablet gives off its medicine.
_RELEASE = (12, 24)


def make_release(amount: tuple[Amount, str], quantity: Quantity, unit: str, form: str) -> Made:
    """25 mg 24 hr tablet: what kind of tablet it is, and not how often."""
    is_kind = unit == "hour" and quantity[0] == quantity[1] and quantity[0] in _RELEASE
    return [("amount", amount), ("form", form)] if is_kind else None


def make_part_often(mark: tuple[str, Any], top: tuple[Decimal, ...], _: Any, bottom: Any, often: Schedule) -> Made:
    """5 mg 1/2 daily: half of one. mark: what stands before it; "since 1/2 daily" is a date."""
    part = make_fraction(top, bottom)
    return None if part is None or often.unit != "day" else [mark, ("number", (part[1],)), ("schedule", often)]


def make_part_each(mark: tuple[str, Any], top: Any, slash: Any, bottom: Any, _every: Any, unit: str) -> Made:
    """5 mg 1/2 every day."""
    return make_part_often(mark, top, slash, bottom, DAILY) if unit == "day" else None


#: Written with a slash it is no three or four.
_THREE_QUARTERS = Decimal("0.75")


def make_part_count(top: tuple[Decimal, ...], bottom: tuple[Decimal, ...], form: str) -> Made:
    """1/2 tablet."""
    part = make_fraction(top, bottom)
    if part is None or (top != (ONE,) and part[1] != _THREE_QUARTERS):
        return None  # "2/3 tablets" may be two or three
    return make_count((part[1], part[1], ""), form)


def make_part_scheme(top: tuple[Decimal, ...], bottom: tuple[Decimal, ...], to: str) -> Made:
    """1/2-0-0."""
    part = make_fraction(top, bottom)
    return None if part is None else [part, ("to", to)]


def make_part_before(top: tuple[Decimal, ...], bottom: tuple[Decimal, ...], after: tuple[str, Any]) -> Made:
    """1/4 on other days."""
    part = make_fraction(top, bottom)
    return None if part is None else [("number", (part[1],)), after]


def make_part_behind(day: tuple[str, Any], top: tuple[Decimal, ...], _: Any, bottom: tuple[Decimal, ...]) -> Made:
    """Mon 1/2, rest 1/4."""
    part = make_fraction(top, bottom)
    return None if part is None else [day, ("number", (part[1],))]


def is_a_day(hours: Quantity, unit: str) -> bool:
    """Whether it is one day: 24 hours, 1 day."""
    return (hours[0] == hours[1] == 24 and unit == "hour") or (hours[0] == hours[1] == 1 and unit == "day")


def make_cap_in(quantity: Quantity, hours: Quantity, unit: str, role: str = "cap") -> Made:
    """At most 10 tablets in 24 hours."""
    return (role, quantity[1]) if is_a_day(hours, unit) else None


def make_ceiling_in(amount: tuple[Amount, str], hours: Quantity, unit: str) -> Made:
    """No more than 300 mg in 24 hours."""
    return ("ceiling", amount[0]) if is_a_day(hours, unit) else None


def make_whole_and_part(whole: tuple[Decimal, ...], top: tuple[Decimal, ...], bottom: tuple[Decimal, ...]) -> Made:
    """1 1/2."""
    part = make_fraction(top, bottom)
    return None if part is None else make_with_part(whole, part[1])


def make_and_part(whole: tuple[Decimal, ...], top: Any, _: Any, bottom: Any, form: str) -> Made:
    """1 and 1/2 tablets."""
    made = make_whole_and_part(whole, top, bottom)
    return [made, ("form", form)] if isinstance(made, tuple) else None


def make_dashed_part(unit: str, whole: tuple[Decimal, ...], to: str, *part: Any) -> Made:
    """5 mg 1-1/2 tablets; "warfarin 5 - 1/2 tablet" is 5 mg, and half of one."""
    made = make_and_part(whole, *part) if to == "-" else None
    return [("unit", unit), *made] if isinstance(made, list) else None


def make_divided(quantity: Quantity) -> Made:
    """In 2 doses: into how many; None where the number is not clear."""
    return ("divided", quantity[0]) if quantity[0] == quantity[1] > 0 else None


def make_count(quantity: Quantity, form: str) -> Made:
    """2 tablets: how many, and of what."""
    return "count", (quantity, form)


def make_serving(form: str, count: Any) -> Made:
    """Per serving (2 gummies): how many a serving is."""
    return ("serving_count", count) if form == "serving" else None


def make_share(role: str, before: Any, mark: str, comma: str) -> Made:
    """20 mcg 100%, ...: what share of a day's need that is; "5 mg 50% daily" may be half of it."""
    return [(role, before), ("comma", comma)] if mark == "%" else None


def make_measured(count: tuple[Quantity, str], _o: Any, measure: tuple[Quantity, str], _c: Any) -> Made:
    """One ampoule (1 ml): what is counted is the liquid; of two ampoules it may be in each or in both."""
    is_one = count[0][:2] == (ONE, ONE) and count[1] != "ml"
    return ("count", measure) if is_one and measure[1] == "ml" else None


def make_had(entry: Entry) -> Made:
    """History of kidney stones, I had a stroke; "I had warfarin" is over, or is not."""
    return ("name", entry) if entry.kind == "condition" else None
