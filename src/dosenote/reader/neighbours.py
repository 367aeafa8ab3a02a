"""A line of several things, of which one would be read otherwise without what stands beside it, is asked about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from dosenote.quantity import Amount
from dosenote.reader.phrases import Piece
from dosenote.regimen import Item, Reading, Schedule
from dosenote.vocabulary import Vocabulary

#: What a thing is, how much of it each time, and how often.
_Dose: TypeAlias = tuple[str, Amount | None, Schedule | None]

#: The point of a statement; a tab or a cap has one of its own.
POINT = r"(?<!\btab)(?<!\btabs)(?<!\btabl)(?<!\bcap)(?<!\bcaps)(?<!\bcomp)\.\s+"
#: Where one thing may end and another begin.
_MARKS = re.compile(
    r"\s+[-\u2013\u2014+/|&>*\u2022]+\s+|[,;]\s+|\u2022\s*|\s*\t\s*|\s{2,}|\s+\.{3}\s+|\s+//\s+"
    rf"|{POINT}"
    r"|\s+(?:and|plus|with|then|und|mit|et|avec|y|con|e|och|og|en|met|oraz)\s+",
    re.IGNORECASE,
)
#: Before the name of a thing may stand how many or how much of it is taken; before anything else, it ends the rest.
_BEFORE_A_NAME = frozenset(
    ("number", "number_word", "half", "multiplier", "form", "unit", "to", "slash", "neutral", "filler", "every", "open")
)
_BEGINS = frozenset(("name", "word", "denied", "stopped"))
_HEADING = re.compile(r"[^\W\d]\)?\s?:")
#: A heading with a dash: "AM: Eliquis 5 mg, evening - calcium 600 mg".
_DASH = frozenset("-\u2013\u2014")
#: Of a line with more gaps the halves are looked at by themselves, once it is clear where it parts. So many gaps next
#: to the middle are tried; at the others only what stands around them is read, as each reading of all takes time.
_FEW = 5
_NOTHING = Reading("", "ignore")


class Neighbours:
    """Finds what of a line would be read otherwise alone. read: a part of a line. pieces_of: the pieces of a text."""

    def __init__(
        self, read: Callable[[str], Reading], pieces_of: Callable[[str], Iterable[Piece]], vocabulary: Vocabulary
    ) -> None:
        self._read, self._pieces_of, self._vocabulary = read, pieces_of, vocabulary

    def asked(self, line: str, reading: Reading) -> Reading:
        """The reading of a line, asked about where a part of it that is clear by itself says otherwise.

        "warfarin 2 mg up to 8 tablets daily - calcium 500 mg daily": what follows must not make one tablet a day of it.
        """
        ended = {*reading.stopped, *reading.denied, *reading.doubted}
        doubtful = dict.fromkeys(dose[0] for dose in self._otherwise(line, _doses(reading)) if dose[0] not in ended)
        return asked_about(reading, [*doubtful], self._vocabulary) if doubtful else reading

    def _otherwise(self, line: str, said: Counter[_Dose]) -> Counter[_Dose]:
        """What parts of a line say, and the line does not. said: what the line says."""
        otherwise: Counter[_Dose] = Counter()
        if said.total() < 2:
            return otherwise
        is_one = len({substance for substance, *_ in said}) == 1
        gaps = self._gaps(line)
        middle = sorted(range(len(gaps)), key=lambda place: abs(gaps[place][0][0] - len(line) // 2))
        for tried, place in enumerate(middle):
            near = slice(0, None) if tried < _FEW else _around(gaps, place)
            clean: tuple[Counter[_Dose], Counter[_Dose], str, str] | None = None
            for end, begin in gaps[place]:
                before, behind = line[near.start : end], line[begin : near.stop]
                one = self._read(before) if _begins(self._pieces_of(behind), is_one) else _NOTHING
                if one.outcome != "accept" or not one.items:
                    continue
                other = self._read(behind)
                first, second = _doses(one), _doses(other) if other.outcome == "accept" else Counter[_Dose]()
                if first + second == said:
                    clean = first, second, before, behind
                otherwise |= first + second - said
            if clean is not None and not otherwise and len(gaps) > _FEW:
                first, second, before, behind = clean
                return self._otherwise(before, first) | self._otherwise(behind, second)
        return otherwise

    def _gaps(self, line: str) -> list[list[tuple[int, int]]]:
        """The marks between each two things."""
        gaps: list[list[tuple[int, int]]] = []
        for mark in _MARKS.finditer(line):
            if not _is_end(line[: mark.start()], mark[0]):
                continue
            if gaps and not _names(self._pieces_of(line[gaps[-1][-1][1] : mark.start()])):
                gaps[-1].append(mark.span())
            else:
                gaps.append([mark.span()])
        return gaps


def _around(gaps: list[list[tuple[int, int]]], place: int) -> slice:
    """From a few things before a gap to a few behind it."""
    start = gaps[place - _FEW][-1][1] if place >= _FEW else 0
    return slice(start, gaps[place + _FEW][0][0] if place + _FEW < len(gaps) else None)


def _names(pieces: Iterable[Piece]) -> bool:
    return any(piece.role in ("name", "word") for piece in pieces)


def _is_end(before: str, mark: str) -> bool:
    """Whether a thing may end before a mark, and what stands last is no heading of what follows."""
    last = re.split(r"[,;]\s", before)[-1]
    is_heading = _HEADING.search(before) and bool(_DASH & {*mark}) and len(last.split()) == 1
    return bool(re.search(r"[^\W\d]", last)) and not is_heading


def _begins(pieces: Iterable[Piece], is_one: bool) -> bool:
    """Whether a text begins with the name of something, or a word that may be one, and how much of it.

    is_one: whether the line names one thing only; then a word is hardly another one.
    """
    first = next((piece.role for piece in pieces if piece.role not in _BEFORE_A_NAME), "")
    return first in _BEGINS and not (is_one and first != "name")


def _doses(reading: Reading) -> Counter[_Dose]:
    return Counter((item.substance, item.amount, item.schedule) for item in reading.items)


def asked_about(reading: Reading, substances: Sequence[str], vocabulary: Vocabulary) -> Reading:
    """The reading of a line, asked how much is taken of some things in it, and how often; none of that is used."""
    items = [_open(item) if item.substance in substances else item for item in reading.items]
    taken = {item.substance for item in items}
    items += [Item(reading.text.strip(), substance) for substance in substances if substance not in taken]
    labels = [vocabulary[substance].label for substance in substances]
    reason = f"it is not clear what of the line belongs to {', '.join(labels)}"
    return reading._replace(
        outcome="ask",
        items=tuple(items),
        missing=tuple(dict.fromkeys((*reading.missing, "amount", "frequency"))),
        questions=(*reading.questions, *(f"{label}: how much is it each time, and how often?" for label in labels)),
        reason="; ".join(filter(None, (reading.reason, reason))),
    )


def _open(item: Item) -> Item:
    return item._replace(amount=None, also=None, schedule=None)
