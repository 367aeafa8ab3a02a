"""What several names of a line share: how often, how many, and how large the serving is."""

from __future__ import annotations

import re
from itertools import pairwise

from dosenote.reader.guard import judge
from dosenote.reader.makers import DAILY, ONE
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import OFTEN, Segment


def share(text: str, pieces: list[Piece], names: list[Piece], segments: list[Segment]) -> None:
    """Give each segment what another place of the line says of it, too. text: the line."""
    _share_ahead(text, pieces, names, segments)
    _share_serving(segments)
    _share_with(text, names, segments)
    _share_back(segments, [_NUMBER_COMMA.sub("", text[one.end : two.start]) for one, two in pairwise(names)])


#: A comma that parts thousands or decimals of a number, and no names: "10,000 IU".
_NUMBER_COMMA = re.compile(r"(?<=\d),(?=\d)")


def _share_serving(segments: list[Segment]) -> None:
    """A line that says how large the serving is tells the label of one product: the count is of the whole product."""
    sizes = {segment.serving for segment in segments if segment.serving is not None}
    serving = max(sizes, default=None)  # "per serving" is of one, whatever its size
    last = segments[-1]
    if serving is None or len(sizes - {ONE}) > 1:
        return
    if any(segment.count or segment.says_how_often() for segment in segments[:-1]):
        return
    for segment in segments:
        segment.serving = serving
        segment.count, segment.form = last.count, last.form
        segment.schedules, segment.times, segment.unclear = last.schedules, last.times, last.unclear
        segment.as_needed, segment.cap, segment.is_bare_cap = last.as_needed, last.cap, last.is_bare_cap


#: "Take 1 capsule daily. Each capsule contains D3 1000 IU and K2 45 mcg."
_EACH_HOLDS = r"(?i)[\s.;:]*(?:each|every|per|one|1)\s+\w+\s+(?:contains|provides|supplies|delivers|has)\W*"


def _share_ahead(text: str, pieces: list[Piece], names: list[Piece], segments: list[Segment]) -> None:
    """ "1 capsule daily: D3 2000 IU, K2 100 mcg": what stands before the colon speaks for all of them."""
    before = [piece for piece in pieces if piece.start < names[0].start and piece.role in OFTEN]
    first = segments[0]
    _share_meal(text, pieces, names, segments)
    is_within = any(names[0].start < piece.start < names[-1].start for piece in pieces if piece.role in OFTEN)
    if not before or is_within or any(map(_has_own, segments[1:])):
        return  # "AM: levothyroxine 75 mcg / PM 600 mg calcium"
    gap = text[before[-1].end : names[0].start]
    holds = re.fullmatch(_EACH_HOLDS, gap)
    told = gap.strip() == ":" or holds or _tells_ahead(text, pieces, before, first)
    for segment in segments[1:] if told else ():
        if holds:
            segment.count, segment.form, segment.per, segment.per_form = (
                first.count,
                first.form,
                first.per,
                first.per_form,
            )
        segment.schedules, segment.times, segment.unclear = first.schedules, first.times, first.unclear
        segment.as_needed, segment.fed = first.as_needed, first.fed


#: Ends what a heading speaks for.
_PARTED = re.compile(r"[;|\t]|\.(?!\d)")


def _share_meal(text: str, pieces: list[Piece], names: list[Piece], segments: list[Segment]) -> None:
    """ "With breakfast: levothyroxine, alendronate 70 mg weekly": all of it, however often it is taken."""
    head = [piece for piece in pieces if piece.start < names[0].start and piece.role in ("meal", "food", "fasting")]
    if not head or text[head[-1].end : names[0].start].strip() != ":":
        return
    first = segments[0]
    for before, name, segment in zip(names, names[1:], segments[1:], strict=False):
        if _PARTED.search(text[before.end : name.start]):
            return
        if segment.fed or segment.times:
            continue
        segment.fed = set(first.fed)
        if first.times and not segment.unclear:
            segment.times = list(first.times)


#: Behind how often the one is taken, and before how much of the other: "D3 5000 IU daily with 100 mcg of K2".
_TAKEN_WITH = re.compile(
    r"\b(?:with|along with|together with)\s+(?:[\d.,]+\s*(?:mg|mcg|[\u00b5\u03bcu]g|g|iu|units?)\s*(?:of\s+)?)?$",
    re.IGNORECASE,
)


def _share_with(text: str, names: list[Piece], segments: list[Segment]) -> None:
    """A supplement that is taken with another is taken as often: "D3 5000 IU daily with K2 100 mcg"."""
    for (one, mine), (two, other) in pairwise(zip(names, segments, strict=True)):
        is_daily = mine.schedules == [DAILY] and not mine.unclear and bool(mine.amounts)
        are_supplements = mine.entry.kind == other.entry.kind == "supplement"
        is_alone = bool(other.amounts) and other is segments[-1] and not _has_own(other)
        if is_daily and are_supplements and is_alone and _TAKEN_WITH.search(text[one.end : two.start]):
            other.schedules, other.times, other.fed = mine.schedules, mine.times, other.fed or mine.fed


def _tells_ahead(text: str, pieces: list[Piece], before: list[Piece], first: Segment) -> bool:
    """Whether a line says first that so much is taken each day: "every morning I take 2000 IU D3 and 100 mcg K2"."""
    opens = min(piece.start for piece in pieces if piece.role in ("amount", "name"))
    is_daily = first.schedules in ([], [DAILY]) and len(first.times) <= 1
    return is_daily and before[-1].start < opens and bool(re.search(_TAKES, text[:opens]) and not re.search(_NEW, text))


#: Who says that, and what begins a statement of its own.
_TAKES = r"(?i)\b(?:take|nehme|prends|tomo|prendo|neem|slik|tar|tager|biorę|принимаю|пью)\b"
_NEW = r"(?i)[;]|\.\s|\b(?:also|then|auch|dann|aussi|puis|también|luego|anche|poi)\b"


def _has_own(segment: Segment) -> bool:
    return segment.says_how_often() or segment.count is not None


#: A slash with nothing about it parts what is in one tablet: "800 mg/trimethoprim 160 mg 1 tab BID".
_TIGHT = re.compile(r"(?<=[^\W_])/$")


def _share_back(segments: list[Segment], gaps: list[str]) -> None:
    """How often, at the end of a line, speaks for the names before it that have nothing of their own.

    A medicine takes part only in "once a day", and in "once a week" where it is one that is taken so.
    gaps: what stands between each name and the next. Across a comma only "once a day" is shared, across the end of a
    sentence nothing: "D3 10,000 IU, magnesium 400 mg weekly" does not say how often D3 is taken.
    """
    is_list = _is_list(segments, gaps)
    for mine, later, gap in zip(segments[-2::-1], segments[:0:-1], reversed(gaps), strict=True):
        daily = later.schedules == [DAILY] or is_list
        if mine.says_how_often() or ". " in gap or ";" in gap or ("," in gap and not daily):
            continue
        if later.often_heads:
            continue  # "calcium 600 mg & at noon magnesium 200 mg"
        each_day = all(one.unit == "day" and one.count == 1 and not one.days for one in later.schedules)
        if mine.entry.kind == "medicine" and not mine.entry.spaced and (later.season or not each_day):
            continue  # "warfarin 5 mg and D3 2000 IU weekly"
        once_a_day = later.schedules in ([], [DAILY]) and len(later.times) <= 1 and later.duration is None
        is_one_tablet = gap in ("/", "-") or (bool(_TIGHT.search(gap)) and later.count is not None)
        if mine.entry.kind == "medicine" and not mine.entry.spaced and not once_a_day and not is_one_tablet:
            continue  # "warfarin 5 mg and calcium 600 mg twice daily", "levothyroxine and D3 for 8 weeks"
        is_other = later.entry.kind == "medicine" or _is_large(later)
        if mine.entry.kind == "supplement" and mine.amounts and is_other and not each_day:
            continue  # "calcium 500 mg and alendronate 70 mg weekly"
        mine.schedules, mine.times, mine.unclear = later.schedules, later.times, later.unclear
        mine.as_needed, mine.single = later.as_needed, later.single
        mine.duration = later.duration if mine.duration is None else mine.duration
        mine.season = mine.season or later.season
        mine.fed = mine.fed or later.fed


def _is_list(segments: list[Segment], gaps: list[str]) -> bool:
    """Whether supplements stand in one list with one time of day at its end: "D3, K2 and zinc in the evening"."""
    last = segments[-1]
    alone = not last.schedules and len(last.times) == 1 and not any(one.says_how_often() for one in segments[:-1])
    return (
        alone
        and len(gaps) > 1
        and all(one.entry.kind == "supplement" for one in segments)
        and bool(re.search(_LAST_AND, gaps[-1]))
        and all("," in gap for gap in gaps[:-1])
    )


#: Before the last of a list.
_LAST_AND = r"(?i)(?:\b(?:and|und|et|y|e|en|och|og|ja|i|и)\b|&)"


def _is_large(segment: Segment) -> bool:
    """Whether a dose is so large that it is taken less often than what stands beside it."""
    return any(judge(segment.entry, piece.value[0], None).verdict == "question" for piece in segment.amounts)
