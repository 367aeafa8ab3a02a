"""Every phrase that the vocabulary and writing.toml hold, with what it means, and which of them begins at a token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
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


#: The phrases below one word: by the next word, and under END what the words so far mean.
Trie = dict[str, Any]
#: The role and the value of a phrase.
Meaning = tuple[str, Any]
END = ""
#: May stand between the words of one name: K2 (MK-7), St. John's wort.
JOINERS = frozenset("-–.'’()®™/,")
#: Of these a space beside it makes a mark between two things.
_CLOSE = frozenset("-–/")
#: Phrases whose words may have any of the marks between them; of some a closer look is taken at what stands there.
_ANY_MARK = frozenset(("name", "level"))
#: What a unit of a blood value is measured in, behind its slash; some are the beginning of a name, too.
_VOLUMES = frozenset(("l", "dl", "ml", "л", "мл", "min"))
#: After a number without a space.
ORDINALS = ("st", "nd", "rd", "th")
#: Before the salt of which a weight is the element's.
_AS = (("as",), ("als",), ("como",), ("come",), ("sous", "forme", "de"), ("som",))
#: Days that a hyphen joins to a range: "Mo-Fr" is five days, and "Mo, Fr" two.
HYPHENED = "hyphened"
#: The tables of writing.toml whose name is the role of their words, and whose keys are the values.
_BY_NAME = (
    "unit", "level", "form", "period", "unclear", "time", "meal", "weekday", "ampm", "season", "person", "closed",
)  # fmt: skip


def any_of(written: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first."""
    longest = sorted(written, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(one).replace("\\ ", r"\s+") for one in longest) + ")"


def phrases(vocabulary: Vocabulary) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """The words of each phrase, its role, and its value: which entry, how many, how often."""
    writing = vocabulary.writing
    for name, entry in vocabulary.by_name.items():
        yield name, "name", entry
    for entry in vocabulary.entries.values():
        for salt in entry.salts:
            for word in salt.names:
                yield words(word), "salt", word
                for link in _AS:  # "magnesium (as citrate) 100 mg" is the element's weight
                    yield (*link, *words(word)), "salt_as", word
                    yield (*link, *words(entry.label), *words(word)), "salt_as", word
                yield ("als", f"{entry.label}{word}"), "salt_as", word
    for table in _BY_NAME:
        for value, names in writing[table].items():
            for name in names:
                yield words(name), table, value
    for value, names in writing["weekdays"].items():
        for name in names:
            yield words(name), HYPHENED if "-" in name else "days", tuple(value.split())
    for value, names in writing["number"].items():
        for name in names:
            yield words(name), "number_word", (Decimal(value),)
    for value, names in writing["times"].items():
        for name in names:
            yield words(name), "repeat", (Decimal(value), Decimal(value))
    for role, names in writing["word"].items():
        for name in names:
            yield words(name), role, name
    for value, names in writing["food"].items():
        for name in names:
            yield words(name), "food", value == "with"
    for name, pictures in writing["picture"].items():
        for picture in pictures:
            yield (picture,), "name", vocabulary.by_name[words(name)]
    for value, names in writing["newness"].items():
        for name in names:
            yield words(name), "newness", value == "new"
    for id, implied in writing["implied"].items():
        for role, names in (("session", implied.get("days", ())), ("implied", implied["beside"])):
            for name in names:
                yield words(name), role, vocabulary[id]
    for name in chain(*writing["filler"].values()):
        yield words(name), "filler", name
    for name in writing["maker"]["words"]:
        yield words(name), "filler", name
        yield ("from", *words(name)), "filler", name  # where it was bought
    for schedule in writing["schedule"]:
        count, unit = parse_amount(schedule["per"])
        times = Decimal(schedule["times"])
        value = Schedule((times, times), count, unit.removesuffix("s"))
        for name in schedule["names"]:
            yield words(name), "schedule", value


def tree(vocabulary: Vocabulary) -> Trie:
    """All phrases by their words, so that the time for a line does not depend on how many there are."""
    root: Trie = {}
    for phrase, role, value in phrases(vocabulary):
        node = root
        for word in phrase:
            node = node.setdefault(word, {})
        node.setdefault(END, (role, value))
    return root


def role_of(trie: Trie, word: str) -> str:
    """The role of a word that is a phrase by itself, or "" where it is none."""
    meaning = trie.get(word, {}).get(END)
    return "" if meaning is None else str(meaning[0])


def match(tokens: list[Token], here: int, node: Trie) -> tuple[Meaning | None, int]:
    """The meaning of the longest phrase that begins here, and the number of the token after it.

    A number inside a name must not be an amount beside it.
    """
    found: Meaning | None = node.get(END)
    end = place = here + 1
    count = len(tokens)
    while place < count and len(node) > (END in node):
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
        is_inside = token.text[0].isdigit() and not _is_part_of_name(tokens, place, joined)
        if is_inside and (joined or place + 1 == count or tokens[place + 1].text not in below):
            break
        node = below
        place += 1
        if is_inside:
            continue  # "stage 4 kidney disease": the name goes on behind the number, and does not end with it
        meaning = node.get(END)
        if meaning is not None and meaning[0] == HYPHENED:
            hyphened = any(token.text in "-–" for token in tokens[here:place])
            meaning = ("days", meaning[1]) if hyphened else None
        if meaning is not None and meaning[0] == "time" and any(token.text in ",/" for token in tokens[here:place]):
            meaning = None  # "in the evening, before bed": two times
        if meaning is not None and (meaning[0] in _ANY_MARK or not _is_parted(tokens, here, place)):
            found, end = meaning, place
    return found, end


def _is_parted(tokens: list[Token], here: int, place: int) -> bool:
    """Whether a mark stands beside a letter of a phrase as between two things: "B12, D, C" holds no "d/c"."""
    return any(
        1 in (len(tokens[n - 1].text), len(tokens[n + 1].text))
        and (tokens[n].text == "," or (tokens[n].text in _CLOSE and not tokens[n].glued))
        for n in range(here + 1, place - 1)
    )


def parts_names(tokens: list[Token], place: int, end: int) -> bool:
    """Whether a token inside a name that ends before another stands there as a mark between two things would.

    A dash or a point does so beside a space, a bracket where it holds more than the rest of the name.
    """
    text = tokens[place].text
    if text == "(":
        return all(token.text != ")" for token in tokens[place : end + 1])
    is_close = tokens[place].glued and place + 1 < end and tokens[place + 1].glued
    return text in (",", "/") or (text in "-–." and not is_close)


def is_of_blood(tokens: list[Token], here: int, end: int, trie: Trie) -> bool:
    """Whether the tokens of the unit of a blood value are nothing else: not "100 mcg, L-carnitine", "5 mg L"."""
    is_divided = all(
        tokens[n - 1].text == "/" or role_of(trie, tokens[n - 1].text) == "every"
        for n in range(here + 1, end)
        if tokens[n].text in _VOLUMES
    )
    if not is_divided or "," in (token.text for token in tokens[here:end]):
        return False
    is_joined = end + 1 < len(tokens) and tokens[end].text in _CLOSE and tokens[end].glued and tokens[end + 1].glued
    if is_joined and tokens[end + 1].kind == "word" and role_of(trie, tokens[end + 1].text) in ("", "name", "salt"):
        return False  # "9.6 mg/dL-normal" goes on behind the unit
    named, after = match(tokens, end - 1, trie.get(tokens[end - 1].text, {}))
    return named is None or named[0] != "name" or after == end


def _is_part_of_name(tokens: list[Token], place: int, joined: bool) -> bool:
    """Whether a number belongs to the name before it: D-3, MK 7 100 mcg; and not: D 3 capsules, D - 3, D/3, D. 3."""
    if joined:
        marks = "-–/" if "." in tokens[place].text else "-–"  # mL/min/1.73 m2
        return tokens[place - 1].text in marks and tokens[place - 1].glued and tokens[place].glued
    if tokens[place].glued:
        return True
    follows = tokens[place + 1] if place + 1 < len(tokens) else None
    ordinal = follows is not None and follows.glued and follows.text in ORDINALS
    ends = follows is None or follows.kind == "number" or follows.text in ")]"
    return len(tokens[place - 1].text) > 1 and (ends or ordinal)


def unread_of(text: str, unread: list[Piece]) -> tuple[str, ...]:
    """What was not understood, as it was entered, neighbours joined."""
    if not unread:
        return ()
    joined: list[list[int]] = []
    for piece in sorted(unread, key=lambda piece: piece.start):
        if joined and not text[joined[-1][1] : piece.start].strip(" -'\u2019.\u00ae\u2122"):
            joined[-1][1] = max(joined[-1][1], piece.end)
        else:
            joined.append([piece.start, piece.end])
    return tuple(text[start:end] for start, end in joined)
