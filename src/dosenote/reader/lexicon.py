"""Tokens → pieces: which words and phrases mean what, the longest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from dosenote.reader.makers import OR_MORE
from dosenote.reader.numbered import before_form, completed, may_count
from dosenote.reader.phrases import END, JOINERS, Meaning, Piece, Trie, is_of_blood, match, parts_names, role_of, tree
from dosenote.reader.place import SHORT_NAMES, Place
from dosenote.reader.places import PLACES, by_place, is_as_ever
from dosenote.reader.tokens import Token
from dosenote.regimen import Schedule
from dosenote.vocabulary import Vocabulary

#: Symbols that mean something; every other punctuation mark is of no weight.
SYMBOLS = {
    "..": "to", "...": "to", "--": "to", "---": "to",
    "-": "to", "–": "to", "—": "to", "−": "to", "~": "to", "/": "slash", "⁄": "fraction", ",": "comma", "(": "open",
    ")": "close", "[": "open", "]": "close", "+": "plus", "&": "and", "×": "times", "=": "equals", "@": "at",
    "?": "doubt", "#": "dispense", "<": "below", "≤": "below", "≦": "below", ">": "above", "≥": "above", "≧": "above",
    ";": "semicolon",
    "💊": "pill", "💉": "pill", "☐": "doubt", "[ ]": "doubt", "[]": "doubt", "( )": "doubt", "()": "doubt",
}  # fmt: skip
#: Pictures that people put beside what they take. None that crosses something out, or turns it, or is of a food.
_PICTURES = "✓✔✅☑☀🌞🌙🌅🌄🌇🌃⭐🌟✨💪🦴❤💛🧡💚💙💜🖤🤍👍👌🙂😊😀😁😄😉😅🥰🙏📌👉🧪🏋🧘"
NEUTRAL = frozenset(f".:!*•·®™\"'“”‘’|„«»{_PICTURES}")
#: q8h, q4-6h is three tokens: q4, -, 6h.
_EVERY = re.compile(r"q([1-9]\d?)(h|hr|hrs|hours|d|day|days|w|wk|wks|week|weeks|mo|mos|mth|mths|month|months)")
#: How clinics write "take 1 tablet", "take 2 capsules".
_TAKE = re.compile(r"t([1-4])([tc])")
#: A word of this length or longer that is written nearly like an ordinary word is read as that word, and said back.
_LONG_ENOUGH = 5
#: How numbers are grouped in India: 3,00,000.
_LAKH = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_DASHES = frozenset("-–—−")
#: Marks that may be a point, or a badly printed one.
_STRAY = frozenset(".!|")
#: More figures than any dose or lab value has.
_MOST_FIGURES = 12
#: So many figures has a thousand.
_A_THOUSAND = 4
#: So many figures has an hour that is written without a mark.
_AN_HOUR = 4
#: Written numbers of which the meaning is kept: people write few different ones.
_KEPT = 4096
_PERIODS = {"h": "hour", "d": "day", "w": "week", "m": "month"}
#: Ordinary words of which a slip of the finger is no other word: not lunch (launch), nor any word of another language.
_OFTEN_MISSPELT = (
    "vitamin", "tablet", "tablets", "capsule", "capsules", "softgel", "softgels", "weekly", "monthly", "morning",
    "evening", "nightly", "bedtime", "breakfast", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "twice", "every",
)  # fmt: skip
#: Roles of phrases whose neighbours may say something else.
_LOOKED_AT = frozenset(("name", "level", "heading", "elemental"))
#: Units of which a medicine has no dose, only what its salt is named for.
_OF_ELEMENTS = frozenset(("meq", "mmol", "mval"))
#: "Of calcium" beside the name of a salt says that the weight is the element's.
_OF = frozenset(("of", "as"))


#: Half of the time for a piece went into the call of its class.
_new = tuple.__new__


class Lexicon:
    """All phrases of a vocabulary: names, salts, units, schedules and the words around them.

    A tree of words, so that the time for a line does not depend on how many phrases there are.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._trie = tree(vocabulary)
        self._named = {word: vocabulary.entries[id] for word, id in SHORT_NAMES.items() if id in vocabulary.entries}
        self._vocabulary = vocabulary
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
            kind, text, start, _, glued = token
            node = trie.get(text)
            if text in PLACES and not is_as_ever(tokens, here):
                piece = by_place(Place(tokens, here, pieces, trie, self._named))
                if piece is not None:
                    pieces.append(piece)
                    while here < count and tokens[here].start < piece.end:
                        here += 1
                    continue
            if node is not None:
                found, end = node.get(END), here + 1
                if end < count and (tokens[end].text in node or tokens[end].text in JOINERS):  # as behind few words
                    found, end = match(tokens, here, node)
                if found is not None:
                    if found[0] in _LOOKED_AT and (end > here + 1 or found[0] != "name"):
                        found, end = self._looked_at(tokens, here, found, end, pieces)
                    if found[0] == "name" and end < count and (named := completed(tokens, here, end, trie)):
                        found, end = named, end + 1
                    pieces.append(_new(Piece, (found[0], found[1], start, tokens[end - 1].end)))
                    here = end
                    if found[0] == "name" and before_form(tokens, end, trie):
                        pieces.append(_word(tokens[end]))
                        here += 1  # "vitamin D 3 tabs": vitamin D3, or three tablets?
                    continue
            elif kind == "number":
                is_nought = text[0] == "0" and text.isdigit() and len(text) > 1 and _has_unit(tokens, here, trie)
                is_printed = len(text) >= _A_THOUSAND and text.endswith("01") and here + 1 < count
                if is_nought or (is_printed and tokens[here + 1].text == "u"):
                    pieces.append(_word(token))  # "05 mg": 0.5 mg, or 5 mg? "10001U" is 1000 IU, badly printed
                    here += 1
                    continue
            elif text in self._compounds:
                cut = self._compounds[text]
                place = start + cut
                tokens[here : here + 1] = (
                    token._replace(text=text[:cut], end=place),
                    token._replace(text=text[cut:], start=place, glued=True),
                )
                count += 1
                continue
            elif kind == "word" and (len(text) >= _LONG_ENOUGH or text in self._misspelt):
                meant = self._meant(text)
                if meant:
                    tokens[here] = token._replace(text=meant)
                    continue
            elif text in _DASHES and _parts_scheme(tokens, here):
                pieces.append(_word(token)._replace(role="comma"))
                here += 1
                continue
            elif text in "-\u2212," and not glued and here + 1 < count:
                follows = tokens[here + 1]
                if follows.kind == "number" and follows.glued:
                    pieces.append(_word(token)._replace(end=follows.end))  # negative, or ",5" for 0.5
                    here += 2
                    continue
            elif text in _STRAY and _may_be_of_number(tokens, here):
                pieces.append(Piece("word", text, token.start, token.end))
                here += 1
                continue
            role, value = _plain(token)
            pieces.append(_new(Piece, (role, value, token.start, token.end)))
            here += 1
        return pieces

    def _looked_at(
        self, tokens: list[Token], here: int, found: Meaning, end: int, pieces: list[Piece]
    ) -> tuple[Meaning, int]:
        """What a phrase means, and the place after it, where its neighbours may say something else."""
        if found[0] == "name" and end > here + 1 and may_count(tokens, end, self._trie):
            shorter, place = match(tokens[: end - 1], here, self._trie[tokens[here].text])
            return (shorter, place) if shorter is not None and shorter[0] == "name" else (found, end)
        if found[0] == "name" and end > here + 1:
            return self._listed_apart(tokens, here, found, end)
        if found[0] == "level" and not is_of_blood(tokens, here, end, self._trie):
            text = tokens[here].text
            return self._trie[text].get(END, ("word", text)), here + 1
        if found[0] == "heading" and pieces and role_of(self._trie, tokens[here].text) == "schedule":
            return self._trie[tokens[here].text][END], here + 1  # "warfarin 5 mg daily supplements: ..."
        if found[0] == "elemental" and self._is_another(tokens[here:end], pieces):
            return ("filler", tokens[here].text), here + 1  # "1200 mg of calcium": nothing of it was named
        return found, end

    def _is_another(self, tokens: list[Token], pieces: list[Piece]) -> bool:
        """Whether "elemental magnesium", "of calcium" names something else than what was named last, or the first."""
        named = [piece.value.id for piece in pieces if piece.role == "name"][-1:]
        minerals = [
            meaning[1].id
            for meaning in (self._trie.get(token.text, {}).get(END) for token in tokens)
            if meaning is not None and meaning[0] == "name"
        ]
        return bool(minerals) and minerals != named and not (not named and any(p.role == "salt" for p in pieces))

    def _listed_apart(self, tokens: list[Token], here: int, found: Meaning, end: int) -> tuple[Meaning, int]:
        """A name without what a mark parts from it: "atorvastatin, calcium" is a list, and not atorvastatin calcium.

        "Vitamin D, cholecalciferol" stays one: neither part says more than the whole. Behind other marks than a comma
        only a mineral is a thing of its own, as it is before an amount of an element: "losartan potassium 20 mEq".
        """
        if found[1].kind == "lab":
            return found, end
        is_of_element = end + 1 < len(tokens) and tokens[end + 1].text in _OF_ELEMENTS
        for place in range(here + 1, end):
            is_mark = parts_names(tokens, place, end)
            if not is_mark and not (is_of_element and place == end - 1):
                continue
            first, _ = match(tokens[:place], here, self._trie[tokens[here].text])
            second, _ = match(tokens[:end], place + is_mark, self._trie.get(tokens[place + is_mark].text, {}))
            if first is None or second is None or first[0] != "name" or second[0] != "name":
                continue
            is_list = tokens[place].text == ","
            told = {one.id for one in (first[1], second[1]) if is_list or one.salts or one.compounds}
            if not told <= {found[1].id, *found[1].part_of}:
                return first, place
        return found, end

    def _meant(self, word: str) -> str:
        """The ordinary word of which a word looks like a slip, or "": "dayly" → "daily", "vitiman" → "vitamin"."""
        if word not in self._misspelt:
            return "" if word in self.known else _slip(word, self._ordinary)
        return self._misspelt[word]

    @cached_property
    def _compounds(self) -> dict[str, int]:
        """Minerals and their salts in one word, as German and Dutch write them, with the length of the mineral."""
        return {
            mineral[0] + salt: len(mineral[0])
            for mineral, entry in self._vocabulary.by_name.items()
            if len(mineral) == 1 and len(mineral[0]) >= _LONG_ENOUGH
            for one in entry.salts
            for salt in one.names
            if salt.isalpha()
        }

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word of every phrase."""
        found: set[str] = set()
        level = [self._trie]
        while level:
            node = level.pop()
            for word, below in node.items():
                if word != END:
                    found.add(word)
                    level.append(below)
        return frozenset(found)

    @cached_property
    def _ordinary(self) -> dict[str, str]:
        """Each ordinary word under itself and under each way of leaving out one letter."""
        return {short: word for word in _OFTEN_MISSPELT for short in (*_shorter(word), word)}


def _word(token: Token) -> Piece:
    """A token that is no more than a word, whatever it would mean elsewhere."""
    return Piece("word", token.text, token.start, token.end)


def _has_unit(tokens: list[Token], here: int, trie: Trie) -> bool:
    """Whether a unit stands behind a number."""
    return here + 1 < len(tokens) and role_of(trie, tokens[here + 1].text) == "unit"


def _may_be_of_number(tokens: list[Token], here: int) -> bool:
    """Whether a mark behind a space may belong to a number: ". 5 mg" is 0.5 mg, "!200 mg" 1200 mg, or neither.

    Not the last of the dots that lead to an amount, as labels print them: "D3 . . . 20 mcg".
    """
    token, follows = tokens[here], tokens[here + 1] if here + 1 < len(tokens) else None
    if token.glued or follows is None or (here and tokens[here - 1].text == "."):
        return False
    if token.text == ".":
        return follows.kind == "number" or (follows.kind == "word" and follows.glued)
    return follows.kind == "number" and follows.glued


def _parts_scheme(tokens: list[Token], here: int) -> bool:
    """Whether a dash between spaces stands after a scheme that is written without any: "1-0-1 - 1 tab ..."."""
    token, follows = tokens[here], tokens[here + 1] if here + 1 < len(tokens) else None
    spaced = not token.glued and follows is not None and not follows.glued
    return (
        spaced and here > 2 and tokens[here - 2].text in _DASHES and tokens[here - 2].glued and tokens[here - 1].glued
    )


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
    """Whether two words that are the same without one letter of the one, or of each, differ by one slip."""
    if len(word) != len(other):
        return True
    differing = [place for place in range(len(word)) if word[place] != other[place]]
    if len(differing) == 2:
        one, two = differing
        return word[one] == other[two] and word[two] == other[one]  # neighbours, or "vitiman"
    return len(differing) == 1


def _plain(token: Token) -> tuple[str, Any]:
    if token.kind == "number":
        values = () if token.glued and token.text.startswith(".") else numbers(token.text)
        if token.text[0] == "0" and len(token.text) == _AN_HOUR and token.text.isdigit():
            return "clock_time", f"{token.text[:2]}:{token.text[2:]}"  # "0900", as wards write it
        return ("number", values) if values else ("word", token.text)
    if token.kind == "symbol":
        role = SYMBOLS.get(token.text)
        if role == "plus" and token.glued:
            return role, OR_MORE  # "1000 IU+ daily"
        return (role or ("neutral" if token.text in NEUTRAL else "symbol")), token.text
    if token.kind == "date":
        return "date", token.text
    if token.kind == "clock":
        return "clock_time", token.text
    if token.kind == "print":
        return "filler", token.text
    if token.text[0] == "q":
        every = _EVERY.fullmatch(token.text)
        if every:
            return "schedule", Schedule((Decimal(1), Decimal(1)), Decimal(every[1]), _PERIODS[every[2][0]])
    elif token.text[0] == "t":
        taken = _TAKE.fullmatch(token.text)
        if taken:
            count = Decimal(taken[1])
            return "count", ((count, count, ""), "tablet" if taken[2] == "t" else "capsule")
    return "word", token.text


@lru_cache(maxsize=_KEPT)
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
    if _LAKH.fullmatch(plain):
        return (Decimal("".join(groups)),)
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
    return ()
