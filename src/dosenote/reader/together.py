"""What of a line with several names may hold for one of them or for all: how many pieces, and the same thing twice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from dosenote.quantity import convert, show_number
from dosenote.reader.makers import ONE
from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import Segment
from dosenote.regimen import Item
from dosenote.vocabulary import Vocabulary


def _is_product(text: str, names: list[Piece], segments: list[Segment]) -> bool:
    """Whether the names stand with slashes between them, and behind them one amount each, likewise.

    So it is with plus signs where both amounts are those of one drop or capsule: "D3+K2 (1000 IU + 25 mcg per drop)".
    """
    amounts = [piece for segment in segments for piece in segment.amounts]
    gaps = [text[one.end : two.start].strip() for row in (names, amounts) for one, two in pairwise(row)]
    each_has_one = len(amounts) == len(names) and names[-1].end <= amounts[0].start
    last = segments[-1]
    is_of_piece = last.per == ONE and last.per_form == last.form != ""
    return each_has_one and (set(gaps) == {"/"} or (set(gaps) == {"+"} and is_of_piece))


def count_together(text: str, segments: list[Segment], names: list[Piece], notes: Notes) -> None:
    """ "D3 + K2, 3 capsules": the count holds for the whole product, or for the last name; nobody can tell.

    "D3/K2 5000 IU/100 mcg, 2 capsules" is one product.
    """
    counts = {segment.count for segment in segments}
    if counts == {None, segments[-1].count} and _is_product(text, names, segments):
        for segment in segments:
            segment.count, segment.form = segments[-1].count, segments[-1].form
            segment.per, segment.per_form = segments[-1].per, segments[-1].per_form
        return
    if len(counts) == 1 or None not in counts:
        return
    doubtful: dict[int, tuple[Decimal, Decimal]] = {}
    for counted in segments:
        if counted.count in (None, (ONE, ONE)):
            continue
        place = segments.index(counted)
        others = range(place + 1 if counted.count_heads else 0, len(segments))
        ends = counted.count_ends and counted is segments[-1]
        with_it = [n for n in others if n != place and (ends or _shares_count(segments[n], counted))]
        with_it = [n for n in with_it if segments[n].count is None]
        if with_it:
            doubtful |= dict.fromkeys((place, *with_it), counted.count)
    for number, (low, high) in sorted(doubtful.items()):
        segments[number].count = (min(low, ONE), max(high, ONE))
        question = f"does it hold for each that there are {show_number(high)} of them?"
        notes.ask(segments[number].entry, "amount", question)


def _shares_count(segment: Segment, counted: Segment) -> bool:
    """Whether how many there are of one may hold for another: that has no how often of its own."""
    return segment.schedules is counted.schedules or not segment.says_how_often()


def ask_which(segments: list[Segment], notes: Notes) -> None:
    """The same thing twice in one line, without a schedule for each: which amount is which is not clear."""
    named = [segment.entry.id for segment in segments]
    for segment in segments:
        twins = [other for other in segments if other.entry is segment.entry]
        if named.count(segment.entry.id) > 1 and not segment.phase:
            marked = any(other.is_elemental or other.element for other in twins)
            often = [(tuple(other.schedules), tuple(other.times)) for other in twins]
            if marked or len(set(often)) < len(often) or not all(other.says_how_often() for other in twins):
                segment.amounts, segment.element = [], None
                notes.reasons.append("more amounts than one line can hold")


def said_twice(items: Sequence[Item], vocabulary: Vocabulary) -> bool:
    """Whether two items may be one under two names: "Eliquis 5 mg bid; apixaban 5 mg bid", "D3 ...; vitamin D ..."."""
    return any(
        one.substance in vocabulary.surely(two.substance) or two.substance in vocabulary.surely(one.substance)
        for one, two in combinations(items, 2)
        if one.schedule == two.schedule
        and one.phase == two.phase
        and (one.moments == two.moments or not one.moments or not two.moments)
        and _is_as_much(one, two, vocabulary)
    )


def _is_as_much(one: Item, two: Item, vocabulary: Vocabulary) -> bool:
    if one.amount is None or two.amount is None:
        return False
    per_iu = vocabulary[one.substance].mcg_per_iu or vocabulary[two.substance].mcg_per_iu
    return convert(one.amount.low, one.amount.unit, two.amount.unit, per_iu) == two.amount.low
