"""Tokens → pieces: which words and phrases mean what, the longest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NamedTuple

from dosenote.reader.phrases import HYPHENED, phrases
from dosenote.reader.tokens import Token
from dosenote.regimen import Schedule
from dosenote.vocabulary import Vocabulary


class Piece(NamedTuple):
    """A stretch of the line with one meaning. role: what kind of thing it is; value: which one."""

    role: str
    value: Any
    start: int
    end: int


#: Symbols that mean something; every other punctuation mark is of no weight.
SYMBOLS = {
    "-": "to", "–": "to", "—": "to", "−": "to", "~": "to", "/": "slash", "⁄": "fraction", ",": "comma", "(": "open",
    ")": "close", "[": "open", "]": "close", "+": "plus", "&": "and", "×": "times", "=": "equals", "@": "neutral",
    "?": "doubt", "#": "dispense", "<": "below", "≤": "below", ">": "above", "≥": "above", ";": "semicolon",
}  # fmt: skip
NEUTRAL = frozenset(".:!*•·®™\"'“”‘’|„«»")
#: May stand between the words of one name: K2 (MK-7), St. John's wort.
JOINERS = frozenset("-–.'’()®™/,")
#: q8h, q4-6h is three tokens: q4, -, 6h.
_EVERY = re.compile(r"q([1-9]\d?)(h|hr|hrs|d|w|wk|wks)")
#: A word of this length or longer that is written nearly like an ordinary word is read as that word, and said back.
_LONG_ENOUGH = 5
#: More figures than any dose or lab value has.
_MOST_FIGURES = 12
_PERIODS = {"h": "hour", "d": "day", "w": "week"}
#: Roles of ordinary words, which a slip of the finger does not hide; never names, units, numbers or refusals.
_ORDINARY = frozenset(("schedule", "form", "period", "time", "meal", "repeat", "weekday", "every"))
_END = ""

#: The phrases below one word: by the next word, and under _END what the words so far mean.
Trie = dict[str, Any]


class Lexicon:
    """All phrases of a vocabulary: names, salts, units, schedules and the words around them.

    A tree of words, so that the time for a line does not depend on how many phrases there are.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._trie: Trie = {}
        for phrase, role, value in phrases(vocabulary):
            node = self._trie
            for word in phrase:
                node = node.setdefault(word, {})
            node.setdefault(_END, (role, value))
        named = {"d": "vitamin-d", "mg": "magnesium", "ca": "calcium"}
        self._short: dict[str, Any] = {
            word: vocabulary.entries[id] for word, id in named.items() if id in vocabulary.entries
        }
        self._short.update(
            {word: None for days in _DAYS for word in days},
            both=None,
            dr=None,
            dra=None,
            on=None,
            w=None,
            x=None,
            **dict.fromkeys(_ORDINALS),
        )
        self._misspelt: dict[str, str] = {
            word: meant for meant, words in vocabulary.writing["misspelt"].items() for word in words
        }

    def pieces(self, tokens: list[Token]) -> list[Piece]:
        """Every token in a piece; what has no meaning gets the role "word" (or "symbol")."""
        tokens = list(tokens)  # a slip of the finger is set right in it
        pieces: list[Piece] = []
        here = 0
        count = len(tokens)
        trie = self._trie
        while here < count:
            token = tokens[here]
            node = trie.get(token.text)
            if token.text in self._short:
                piece = self._by_place(tokens, here, pieces)
                if piece is not None:
                    pieces.append(piece)
                    while here < count and tokens[here].start < piece.end:
                        here += 1
                    continue
            if node is not None:
                found, end = self._listed_apart(tokens, here, *_match(tokens, here, node))
                alone = token.text in _OF and not any(piece.role in ("name", "salt") for piece in pieces)
                if found is not None and found[0] == "elemental" and alone:
                    found, end = ("filler", token.text), here + 1  # "1200 mg of calcium": nothing else is named
                if found is not None:
                    pieces.append(Piece(found[0], found[1], token.start, tokens[end - 1].end))
                    here = end
                    continue
            elif token.kind == "word" and (len(token.text) >= _LONG_ENOUGH or token.text in self._misspelt):
                meant = self._meant(token.text)
                if meant:
                    tokens[here] = Token("word", meant, token.start, token.end, token.glued)
                    continue
            elif token.text in "-\u2212" and not token.glued and here + 1 < count:
                follows = tokens[here + 1]
                if follows.kind == "number" and follows.glued:
                    pieces.append(Piece("word", "-", token.start, follows.end))  # a negative number is no dose
                    here += 2
                    continue
            role, value = _plain(token)
            pieces.append(Piece(role, value, token.start, token.end))
            here += 1
        return pieces

    def _listed_apart(
        self, tokens: list[Token], here: int, found: tuple[str, Any] | None, end: int
    ) -> tuple[tuple[str, Any] | None, int]:
        """A name without what a comma parts from it: "atorvastatin, calcium" is a list, and not atorvastatin calcium.

        "Vitamin D, cholecalciferol" stays one: neither part says more than the whole.
        """
        if found is None or found[0] != "name" or found[1].kind == "lab":
            return found, end
        for comma in range(here + 1, end):
            if tokens[comma].text == "," and comma + 1 < end:
                parts = (
                    _match(tokens[:comma], here, self._trie[tokens[here].text])[0],
                    _match(tokens[:end], comma + 1, self._trie.get(tokens[comma + 1].text, {}))[0],
                )
                said = (found[1].id, *found[1].part_of)
                names = [part[1].id for part in parts if part is not None and part[0] == "name"]
                if len(names) == len(parts) and not set(names) <= set(said):
                    return parts[0], comma
        return found, end

    def _by_place(self, tokens: list[Token], here: int, pieces: list[Piece]) -> Piece | None:
        """What a word of one or two letters means where it stands, or None when the place says nothing.

        "calcium + D"; "ca. 1000" is about, and Ca is calcium; "Mg oxide 400 mg"; "Dr Byrne"; "Mo 1, Di 1/2, Mi 1".
        """
        token = tokens[here]
        follows = tokens[here + 1] if here + 1 < len(tokens) else None
        before = tokens[here - 1] if here else None
        if token.text == "mg":
            if before is not None and before.kind == "number":
                return None
            if follows is not None and follows.text == "supplement":  # "MAGNESIUM OXIDE -MG SUPPLEMENT 400 ..."
                return Piece("filler", "mg supplement", token.start, follows.end)
            if before is None or (before.text in _LISTED and (here == 1 or tokens[here - 2].kind != "number")):
                return Piece("name", self._short["mg"], token.start, token.end)
        elif token.text == "d":
            named = any(piece.role == "name" for piece in pieces)
            after_name = before is not None and before.text == "/" and len(pieces) > 1 and pieces[-2].role == "name"
            if named and before is not None and (before.text in _JOINED or after_name):
                return Piece("name", self._short["d"], token.start, token.end)
        elif token.text == "x":
            after = tokens[here + 2] if here + 2 < len(tokens) else None
            if follows is not None and follows.text == "1" and after is not None and after.text == "dose":
                return Piece("single", "x 1 dose", token.start, after.end)
        elif token.text == "w":
            known = here + 2 < len(tokens) and tokens[here + 2].text in self._trie.get("w", {})  # "w/ meals"
            if follows is not None and follows.text == "/" and follows.glued and not known:
                return Piece("filler", "with", token.start, follows.end)
        elif token.text in ("dr", "dra"):
            place = here + 2 if follows is not None and follows.text == "." else here + 1
            name = tokens[place] if place < len(tokens) else None
            if name is not None and name.kind == "word" and name.text not in self._trie:
                return Piece("filler", "doctor", token.start, name.end)
        elif token.text in _ORDINALS:
            if before is not None and before.kind == "number" and token.glued and pieces[-1].role == "number":
                return Piece("word", before.text + token.text, pieces.pop().start, token.end)  # 4th, and no Thursday
        elif token.text == "on":
            if here > 1 and tokens[here - 1].text in _WITH and tokens[here - 2].text in _MORNING:
                return Piece("time", "night", token.start, token.end)  # "om + on": each morning and each night
            if any(piece.role == "except" for piece in pieces) and pieces[-1].role in ("and", "comma"):
                return Piece("word", "on", token.start, token.end)  # "except Sun and on Mon 2.5 mg": what of Sunday?
        elif token.text == "both":
            node = None if follows is None else self._trie.get(follows.text)
            found = None if node is None else _match(tokens, here + 1, node)[0]
            named = sum(piece.role == "name" for piece in pieces) > 1 or (found is not None and found[0] == "name")
            return Piece("filler" if named else "word", "both", token.start, token.end)  # not "both tablets"
        elif token.text == "ca":
            if follows is not None and follows.text == "." and follows.glued:
                return Piece("filler", "ca.", token.start, follows.end)
        else:
            there = {one.text for one in tokens}
            for days in _DAYS:
                if token.text in days and len(there & days.keys()) >= _SURELY_DAYS:
                    return Piece("weekday", days[token.text], token.start, token.end)
        return None

    def _meant(self, word: str) -> str:
        """The ordinary word of which a word looks like a slip, or "": "dayly" → "daily", "vitiman" → "vitamin"."""
        if word not in self._misspelt:
            return "" if word in self._known else _slip(word, self._ordinary)
        return self._misspelt[word]

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word of every phrase."""
        found: set[str] = set()
        level = [self._trie]
        while level:
            node = level.pop()
            for word, below in node.items():
                if word != _END:
                    found.add(word)
                    level.append(below)
        return frozenset(found)

    @cached_property
    def _ordinary(self) -> dict[str, str]:
        """Each ordinary word under itself and under each way of leaving out one letter."""
        plain = ["vitamin"]
        for word, node in self._trie.items():
            meaning = node.get(_END)
            if len(word) >= _LONG_ENOUGH and word.isascii() and meaning and meaning[0] in _ORDINARY:
                plain.append(word)
        return {short: word for word in plain for short in (*_shorter(word), word)}


#: Between "om" and "on"; and how a doctor writes each morning.
_WITH = frozenset("+&/")
_MORNING = frozenset(("om", "mane"))
#: After a number without a space.
_ORDINALS = ("st", "nd", "rd", "th")
#: "Of calcium" beside the name of a salt says that the weight is the element's.
_OF = frozenset(("of", "as"))
#: After one of these, and no number before it, Mg is magnesium.
_LISTED = frozenset("/+,;&-–•*")
#: How German, Italian, Spanish and French schemes write the days. By themselves most of them are other words.
_DAYS = (
    {"mo": "mon", "di": "tue", "mi": "wed", "do": "thu", "fr": "fri", "sa": "sat", "so": "sun"},
    {"lun": "mon", "mar": "tue", "mer": "wed", "gio": "thu", "ven": "fri", "sab": "sat", "dom": "sun"},
    {"lun": "mon", "mar": "tue", "mié": "wed", "mie": "wed", "jue": "thu", "vie": "fri", "sáb": "sat", "dom": "sun"},
    {"pon": "mon", "wt": "tue", "śr": "wed", "czw": "thu", "pt": "fri", "sob": "sat", "niedz": "sun"},
    {"lun": "mon", "mar": "tue", "mer": "wed", "jeu": "thu", "ven": "fri", "sam": "sat", "dim": "sun"},
)
#: So many different ones in a line are days.
_SURELY_DAYS = 3
#: After one of these a D beside something else is vitamin D.
_JOINED = frozenset(("+", "&", "and", "plus", "with"))


def _shorter(word: str) -> Iterator[str]:
    """Every way of leaving out one letter that is not the first."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]


def _slip(word: str, ordinary: dict[str, str]) -> str:
    """The one word that differs by a letter too few, too many, wrong or swapped with its neighbour; else ""."""
    found = {ordinary[short] for short in (word, *_shorter(word)) if short in ordinary}
    near = {one for one in found if _is_one_slip(word, one)}
    return near.pop() if len(near) == 1 else ""


def _is_one_slip(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 1:
        return False
    if len(word) != len(other):
        long, short = sorted((word, other), key=len, reverse=True)
        return short in _shorter(long)
    differing = [place for place in range(len(word)) if word[place] != other[place]]
    if len(differing) == 2:
        one, two = differing
        return word[one] == other[two] and word[two] == other[one]  # neighbours, or "vitiman"
    return len(differing) == 1


def _match(tokens: list[Token], here: int, node: Trie) -> tuple[tuple[str, Any] | None, int]:
    """The meaning of the longest phrase that begins here, and the number of the token after it.

    A number inside a name must not be an amount beside it.
    """
    found: tuple[str, Any] | None = node.get(_END)
    end = place = here + 1
    count = len(tokens)
    while place < count and len(node) > (_END in node):
        token = tokens[place]
        joined = token.text in JOINERS
        if joined:
            place += 1
            if place == count:
                break
            token = tokens[place]
        below = node.get(token.text)
        if below is None:
            break
        if token.text[0].isdigit() and not _is_part_of_name(tokens, place, joined):
            break
        node = below
        place += 1
        meaning = node.get(_END)
        if meaning is not None and meaning[0] == HYPHENED:
            hyphened = any(token.text in "-–" for token in tokens[here:place])
            meaning = ("days", meaning[1]) if hyphened else None
        if meaning is not None:
            found, end = meaning, place
    return found, end


def _is_part_of_name(tokens: list[Token], place: int, joined: bool) -> bool:
    """Whether a number belongs to the name before it: D-3, MK 7 100 mcg; and not: D 3 capsules, D - 3, D/3, D. 3."""
    if joined:
        marks = "-–/" if "." in tokens[place].text else "-–"  # mL/min/1.73 m2
        return tokens[place - 1].text in marks and tokens[place - 1].glued and tokens[place].glued
    if tokens[place].glued:
        return True
    follows = tokens[place + 1] if place + 1 < len(tokens) else None
    ordinal = follows is not None and follows.glued and follows.text in _ORDINALS
    return len(tokens[place - 1].text) > 1 and (follows is None or follows.kind == "number" or ordinal)


def _plain(token: Token) -> tuple[str, Any]:
    if token.kind == "number":
        values = () if token.glued and token.text.startswith(".") else numbers(token.text)
        return ("number", values) if values else ("word", token.text)
    if token.kind == "symbol":
        role = SYMBOLS.get(token.text)
        return (role or ("neutral" if token.text in NEUTRAL else "symbol")), token.text
    if token.kind == "date":
        return "date", token.text
    if token.text[0] == "q":
        every = _EVERY.fullmatch(token.text)
        if every:
            return "schedule", Schedule((Decimal(1), Decimal(1)), Decimal(every[1]), _PERIODS[every[2][0]])
    return "word", token.text


def numbers(text: str) -> tuple[Decimal, ...]:
    """What a written number may mean: "5,000" → 5000; "2,5" → 2.5; "20.000" → 20 or 20000; nothing for "1.2.3"."""
    if len(text) > _MOST_FIGURES and sum(character.isdigit() for character in text) > _MOST_FIGURES:
        return ()
    if text.isdigit():
        return (Decimal(text),)
    plain = text.replace("'", ",").replace("\u2019", ",")
    marks = [mark for mark in plain if mark in ".,"]
    groups = re.split("[.,]", plain)
    grouped = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0"
    try:
        if len(set(marks)) == 1 and grouped:
            whole = Decimal("".join(groups))
            if len(marks) == 1 and marks[0] == ".":
                return Decimal(plain), whole
            return (whole,)
        if len(marks) == 1:
            slip = marks[0] == "," and (groups[1] == "00" or len(groups[1]) > 3)  # 1,00 may be 1,000 cut short
            return () if slip else (Decimal(plain.replace(",", ".")),)
        if len(set(marks[:-1])) == 1 and marks[-1] != marks[0]:
            return (Decimal("".join(groups[:-1]) + "." + groups[-1]),)
    except InvalidOperation:
        pass
    return ()
