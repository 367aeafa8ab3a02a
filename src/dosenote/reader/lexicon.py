"""Tokens → pieces: which words and phrases mean what, the longest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from dosenote.quantity import parse_amount
from dosenote.reader.tokens import Token
from dosenote.regimen import Schedule
from dosenote.vocabulary import Vocabulary, words


class Piece(NamedTuple):
    """A stretch of the line with one meaning. role: what kind of thing it is; value: which one."""

    role: str
    value: Any
    start: int
    end: int


#: Symbols that mean something; every other punctuation mark is of no weight.
SYMBOLS = {
    "-": "to", "–": "to", "—": "to", "−": "to", "/": "slash", "⁄": "fraction", ",": "comma", "(": "open",
    ")": "close", "[": "open", "]": "close", "+": "and", "&": "and", "×": "times", "=": "equals",
}  # fmt: skip
NEUTRAL = frozenset(".,:;!?*•·®™\"'“”‘’~#|")
#: May stand between the words of one name: K2 (MK-7), St. John's wort.
JOINERS = frozenset("-–.'’()®™/")
_EVERY = re.compile(r"q([1-9]\d?)(h|hr|hrs|d|w|wk)")
#: More figures than any dose or lab value has.
_MOST_FIGURES = 12
_PERIODS = {"h": "hour", "d": "day", "w": "week"}


class Lexicon:
    """All phrases of a vocabulary: names, salts, units, schedules and the words around them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
        for phrase, role, value in _phrases(vocabulary):
            if phrase:
                self._phrases.setdefault(phrase[0], []).append((phrase, role, value))
        for found in self._phrases.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def pieces(self, tokens: list[Token]) -> list[Piece]:
        """Every token in a piece; what has no meaning gets the role "word" (or "symbol")."""
        pieces: list[Piece] = []
        here = 0
        while here < len(tokens):
            piece, here = self._piece(tokens, here)
            pieces.append(piece)
        return pieces

    def _piece(self, tokens: list[Token], here: int) -> tuple[Piece, int]:
        token = tokens[here]
        follows = tokens[here + 1] if here + 1 < len(tokens) else None
        if token.text in "-\u2212" and not token.glued and follows and follows.kind == "number" and follows.glued:
            return Piece("word", "-", token.start, follows.end), here + 2  # a negative number is no dose
        if token.kind != "symbol":
            for phrase, role, value in self._phrases.get(token.text, ()):
                end = _match(tokens, here, phrase)
                if end:
                    return Piece(role, value, token.start, tokens[end - 1].end), end
        return Piece(*_plain(token), token.start, token.end), here + 1


def _match(tokens: list[Token], here: int, phrase: tuple[str, ...]) -> int:
    """The number of the token after the phrase, or 0. A number inside a name must not be an amount beside it."""
    place = here
    for number, word in enumerate(phrase):
        if number:
            joined = place < len(tokens) and tokens[place].text in JOINERS
            place += joined
            if place >= len(tokens) or (word[0].isdigit() and not _is_part_of_name(tokens, place, joined)):
                return 0
        if tokens[place].text != word:
            return 0
        place += 1
    return place


def _is_part_of_name(tokens: list[Token], place: int, joined: bool) -> bool:
    """Whether a number belongs to the name before it: D-3, MK 7 100 mcg; and not: D 3 capsules, D - 3, D/3, D. 3."""
    if joined:
        return tokens[place - 1].text in "-–" and tokens[place - 1].glued and tokens[place].glued
    if tokens[place].glued:
        return True
    follows = tokens[place + 1] if place + 1 < len(tokens) else None
    return len(tokens[place - 1].text) > 1 and (follows is None or follows.kind == "number")


def _plain(token: Token) -> tuple[str, Any]:
    if token.kind == "number":
        values = () if token.glued and token.text.startswith(".") else numbers(token.text)
        return ("number", values) if values else ("word", token.text)
    if token.kind == "symbol":
        if token.text in SYMBOLS:
            return SYMBOLS[token.text], token.text
        return ("neutral" if token.text in NEUTRAL else "symbol"), token.text
    every = _EVERY.fullmatch(token.text)
    if every:
        return "schedule", Schedule((Decimal(1), Decimal(1)), Decimal(every[1]), _PERIODS[every[2][0]])
    return "word", token.text


def numbers(text: str) -> tuple[Decimal, ...]:
    """What a written number may mean: "5,000" → 5000; "2,5" → 2.5; "20.000" → 20 or 20000; nothing for "1.2.3"."""
    if sum(character.isdigit() for character in text) > _MOST_FIGURES:
        return ()
    plain = text.replace("'", ",").replace("\u2019", ",")
    marks = [mark for mark in plain if mark in ".,"]
    groups = re.split("[.,]", plain)
    grouped = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0"
    try:
        if not marks:
            return (Decimal(plain),)
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


def _phrases(vocabulary: Vocabulary) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    writing = vocabulary.writing
    for name, entry in vocabulary.by_name.items():
        yield name, "name", entry
        for salt in entry.salts:
            for word in salt.names:
                yield words(word), "salt", word
    for table, role in (("unit", "unit"), ("level", "level"), ("form", "form"), ("period", "period"),
                        ("unclear", "unclear"), ("time", "time"), ("meal", "meal"), ("weekday", "weekday"),
                        ("person", "person"), ("closed", "closed")):  # fmt: skip
        for value, names in writing.get(table, {}).items():
            for name in names:
                yield words(name), role, value
    for value, names in writing.get("number", {}).items():
        for name in names:
            yield words(name), "number", (Decimal(value),)
    for value, names in writing.get("times", {}).items():
        for name in names:
            yield words(name), "repeat", (Decimal(value), Decimal(value))
    for role, names in writing.get("word", {}).items():
        for name in names:
            yield words(name), role, name
    for value, names in writing.get("food", {}).items():
        for name in names:
            yield words(name), "food", value == "with"
    for value, names in writing.get("newness", {}).items():
        for name in names:
            yield words(name), "newness", value == "new"
    for name in writing.get("filler", {}).get("words", ()):
        yield words(name), "filler", name
    for schedule in writing.get("schedule", ()):
        count, unit = parse_amount(schedule["per"])
        times = Decimal(schedule["times"])
        value = Schedule((times, times), count, unit.removesuffix("s"))
        for name in schedule["names"]:
            yield words(name), "schedule", value
