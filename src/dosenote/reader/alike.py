"""Lines that differ in one number only: what one of them says, the others say of their own number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from dosenote.quantity import Amount
from dosenote.reader.guard import judge
from dosenote.reader.lexicon import Lexicon
from dosenote.reader.places import PLACES
from dosenote.reader.spoken import TELLING
from dosenote.reader.tokens import NUMBERED, Token, tokenise
from dosenote.regimen import UNUSUAL, Item, Reading
from dosenote.vocabulary import Entry, Vocabulary

#: A number that can be read in one way only.
_NUMBER = re.compile(r"[1-9]\d{0,6}(?:\.\d\d?)?")
#: A name, an amount, its unit, and words without a figure.
_LINE = re.compile(
    rf"([A-Za-z][A-Za-z0-9 ()-]{{0,99}}) ({_NUMBER.pattern}) ([A-Za-z]+(?: [A-Za-z]+){{0,19}})", re.ASCII
)
#: Numbers of every length that such a line may have.
_LENGTHS = tuple(f"{'6' * many}{part}" for many in range(1, 8) for part in ("", ".6", ".66"))
#: What may stand behind the amount: no production that joins any of these asks how much it is.
AFTER = frozenset(("filler", "schedule", "repeat", "every", "period", "time", "food", "meal", "form"))
#: Words that mean one thing in one place and another in the next, and may ask for that which number stands near. Not
#: "mg", and not the "a" of "once a day", which is part only of a number that it is glued to.
_ASKING = PLACES.keys() - {"mg", "a"}
#: More kinds of lines than this are not remembered.
_MOST = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Lines that differ in one number only. reading: of one of them, as it is where its amount is a usual one.

    item: its only item. entry: what that is. unit: of its amount.
    """

    reading: Reading
    item: Item
    entry: Entry
    unit: str

    def reading_of(self, line: str, number: Decimal) -> Reading | None:
        """How the line with this number is understood; None where nobody takes so much: then it must be read."""
        amount = Amount(number, number, self.unit)
        verdict, words, _ = judge(self.entry, amount, self.item.schedule)
        if verdict == "refuse":
            return None
        reading = self.reading._replace(text=line, items=(self.item._replace(text=line, amount=amount),))
        if words:
            reading = reading._replace(questions=(f"{self.entry.label}: {words}",))
        return reading._replace(outcome="ask", reason=UNUSUAL) if verdict == "ask" else reading


class Alike:
    """Kinds of lines, learnt from lines that are read.

    read: how a line is understood. is_one: whether a line is one statement.
    """

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, read: Callable[[str], Reading], is_one: Callable[[str], bool]
    ) -> None:
        self._vocabulary, self._lexicon, self._read, self._is_one = vocabulary, lexicon, read, is_one
        #: Numbers that may be part of a name or of a phrase.
        self._named = lexicon.known.union(*NUMBERED.values())
        #: By what stands before and behind the number; None where that is no such kind.
        self._kinds: dict[tuple[str, str], Kind | None] = {}
        self._met: set[tuple[str, str]] = set()

    @property
    def named_numbers(self) -> set[int]:
        """Numbers, in hundredths, of which no line is alike to others: they may be part of a name or of a phrase."""
        return {int(Decimal(word) * 100) for word in self._named if _NUMBER.fullmatch(word)}

    def find(self, line: str) -> tuple[Kind, Decimal] | None:
        """Of which kind a line is, with its number; None where it must be read."""
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        before, number, after = match.groups()
        if number in self._named:
            return None
        key = before, after
        kind = self._kinds.get(key)
        if kind is None and key not in self._kinds:
            if key not in self._met:  # of most kinds there is one line: only a second one is looked at
                if len(self._met) >= _MOST:
                    self._kinds.clear()
                    self._met.clear()
                self._met.add(key)
                return None
            kind = self._kinds[key] = self._kind(line, before, number, after)
        return None if kind is None else (kind, Decimal(number))

    def _kind(self, line: str, before: str, number: str, after: str) -> Kind | None:
        """What all lines say that differ from this one in the number only; None where the number may say more."""
        tokens = tokenise(line)
        others = {other: f"{before} {other} {after}" for other in _LENGTHS}
        without = _without(len(before) + 1, tokens)
        if any(_without(len(before) + 1, tokenise(other)) != without for other in others.values()):
            return None  # a lot, or a group of three figures
        if not self._is_one(line) or not self._stands_apart(tokens, len(before) + 1):
            return None
        for said, one in ((number, line), *others.items()):  # of a refused line the others cannot be told
            reading = self._read(one)
            if len(reading.items) != 1:
                return None
            (item,) = reading.items
            if item.amount is not None:
                kind = Kind(Reading("", "accept", (item,)), item, self._vocabulary[item.substance], item.amount.unit)
                return kind if kind.reading_of(one, Decimal(said)) == reading else None
        return None

    def _stands_apart(self, tokens: list[Token], start: int) -> bool:
        """Whether the number that begins here stands between one name and a unit, and nothing else asks what it is."""
        pieces = self._lexicon.pieces(tokens)
        roles = [piece.role for piece in pieces]
        place = next((place for place, piece in enumerate(pieces) if piece.start == start), 0)
        if not place or roles[place - 1 : place + 2] != ["name", "number", "unit"]:
            return False
        if not {*roles[: place - 1]} <= {"filler"} or not AFTER.issuperset(roles[place + 2 :]):
            return False
        begun = {piece.start for piece in pieces}
        first = {token.text for token in tokens if token.start in begun}
        return first.isdisjoint(_ASKING) and TELLING.isdisjoint(token.text for token in tokens)


def _without(start: int, tokens: list[Token]) -> list[tuple[str, str, bool]]:
    """What the tokens are, all but the text of the number that begins here."""
    return [(token.kind, "" if token.start == start else token.text, token.glued) for token in tokens]
