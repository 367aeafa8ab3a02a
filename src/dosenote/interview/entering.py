"""What to ask about one line as it is entered, and what is offered for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from dosenote.dosing import item_amounts
from dosenote.interview.revising import Kind, same_things
from dosenote.reader import Reader
from dosenote.regimen import Item, Reading
from dosenote.report.words import item_words
from dosenote.vocabulary import Vocabulary

#: Words after which an amount that hardly anybody takes is believed.
CHECKED = "label checked"
_UNIT = re.compile(
    r"(?<=\d)(\s*)(iu|i\.u\.|ie|ui|international units?|units?|mcg|micrograms?|µg|μg|ug|mg|milligrams?|g|grams?)\b",
    re.IGNORECASE,
)
_UNITS = ("IU", "mcg", "mg")
_DAILY = re.compile(r"\b(?:daily|every day|each day|a day|per day|once a day)\b", re.IGNORECASE)
#: So many things that an unknown name may be are offered.
_NEAREST = 3
_WHICH, _SAME = "which is it: ", "does the label say the same?"


class Option(NamedTuple):
    """One choice offered for a line. line: what it makes of it."""

    label: str
    line: str


class LineAsk(NamedTuple):
    """What is asked about one line; besides the options, an answer in words, or the whole line again, is understood."""

    kind: Kind
    text: str
    options: tuple[Option, ...] = ()


def line_ask(reading: Reading, reader: Reader, matters: bool) -> LineAsk | None:
    """The next thing to ask about a line, or None when it can stay as it is.

    matters: whether what it leaves open could change a finding that is worth a question.
    """
    vocabulary = reader.vocabulary
    if reading.outcome == "refuse":
        options = () if reading.unread else tuple(_slips(reading, reader))
        return LineAsk("slip", _sentence(reading.reason), options)
    if reading.is_unusual and reading.questions:
        return LineAsk("slip", _sentence(reading.questions[-1]), tuple(_slips(reading, reader)))
    if reading.hides_something and not (reading.items and all(map(_is_number, reading.hidden))):
        return _unknown_name(reading, reader)
    if not matters or reading.outcome == "ignore":
        return None
    for item in reading.items:
        entry = vocabulary[item.substance]
        if entry.kind == "medicine" and vocabulary.members(entry.id):
            is_asked = entry.ask.startswith("Which")
            return LineAsk("which", entry.ask if is_asked else f"What is the name of the {entry.label}?")
        if entry.kind != "supplement":
            continue
        if entry.may_hold:
            return LineAsk(
                "holds", f"Which vitamins and minerals does the label of the {entry.label} list? One by one."
            )
        if item.amount is None and "amount" in reading.missing:
            return LineAsk("amount", f"How much {entry.label} each time, with the unit, as the label says?")
        if item.amount is None and "unit" in reading.missing:
            return LineAsk("amount", f"How much {entry.label} each time? Which unit stands on the label?")
        if item.schedule is None and "frequency" in reading.missing:
            what = f'"{reading.text.strip()}"' if _is_one_to_take(reading, reader) else entry.label
            return LineAsk("frequency", f"How often do you take {what}? Type daily, twice a week, ...")
    if reading.outcome == "accept":
        return _which_form(reading, reader)
    products = [question for question in reading.questions if question.startswith(_WHICH)]
    if products:
        return LineAsk("product", "Which of these is it?", tuple(_products(reading, products, reader)))
    label = next((question for question in reading.questions if question.startswith(_SAME)), "")
    checked = reader.read(f"{reading.text.strip()}, {CHECKED}")
    if label and checked.outcome == "accept":
        return LineAsk("product", _sentence(label), (Option("yes, it says the same", checked.text),))
    asked = [words for words in (*reading.questions, reading.reason) if words]
    strange = ", ".join(f'"{piece}"' for piece in reading.unread)
    return LineAsk("other", _sentence(asked[0]) if asked else f"What is meant by {strange}?")


def _is_one_to_take(reading: Reading, reader: Reader) -> bool:
    """Whether how often is said of several things at once, as of a product that holds them."""
    if len(reading.items) == 1 or any(item.schedule for item in reading.items):
        return False
    daily = reader.read(f"{reading.text.strip()} twice a day")  # "daily" at the end may be of each thing anyway
    is_clear = daily.reason == reading.reason and same_things(reading, daily, reader.vocabulary)
    return is_clear and all(item.schedule for item in daily.items)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(("?", ".")) else ".")


def _unknown_name(reading: Reading, reader: Reader) -> LineAsk:
    piece = reading.hidden[0]
    options = []
    for name in islice(reading.suggestions, _NEAREST):
        line = _with_name(reading, name, reader)
        if line:
            options.append(Option(f"it is {name}", line))
    return LineAsk("name", f'"{piece}" is not in my lists.', tuple(options))


def _with_name(reading: Reading, name: str, reader: Reader) -> str:
    """The line with a suggested name in place of the word that is nearest to it, or "" where no word can be put."""
    words = [word for piece in reading.hidden for word in re.findall(r"[^\W\d_][^\s,;()]*", piece)]
    for word in sorted(words, key=len, reverse=True):
        line = reading.text.replace(word, name, 1)
        new = reader.read(line)
        if not new.hides_something and not new.is_empty:
            return line
    return ""


def _slips(reading: Reading, reader: Reader) -> Iterable[Option]:
    """Other units, else a week for a day, where that makes an ordinary dose of it; and the line as it stands."""
    found = _readable(reading, _other_units(reading.text), reader, lambda new: not new.questions)
    found = found or _readable(reading, _less_often(reading.text), reader, lambda _: True)
    for new in found:
        yield Option(_words(new, reader.vocabulary), new.text)
    checked = reader.read(f"{reading.text.strip()}, {CHECKED}")
    if checked.outcome != "refuse" and all(item.amount for item in checked.items):
        yield Option(f"{_words(checked, reader.vocabulary)}: I checked the label", checked.text)


def _readable(
    reading: Reading, lines: Iterable[str], reader: Reader, is_usual: Callable[[Reading], bool]
) -> list[Reading]:
    """The lines that are understood and usual, each once."""
    found: dict[str, Reading] = {}
    for line in lines:
        new = reader.read(line)
        is_read = new.outcome == "accept" or (new.missing == ("frequency",) and not new.reason)
        usual = is_read and is_usual(new._replace(questions=() if new.missing else new.questions))
        if usual and same_things(reading, new, reader.vocabulary):
            found.setdefault(_words(new, reader.vocabulary), new)
    return list(found.values())


def _other_units(text: str) -> Iterable[str]:
    for found in _UNIT.finditer(text):
        for unit in _UNITS:
            yield f"{text[: found.start()]} {unit}{text[found.end() :]}"


def _less_often(text: str) -> Iterable[str]:
    if _DAILY.search(text):
        for often in ("weekly", "monthly"):
            yield _DAILY.sub(often, text, count=1)


def _is_number(piece: str) -> bool:
    return piece[:1].isdigit()


def _products(reading: Reading, questions: list[str], reader: Reader) -> Iterable[Option]:
    """The products of that name, each as a line with the product's whole name."""
    for question in questions:
        label = question.removeprefix(_WHICH).removesuffix("?")
        name = label.partition(" (")[0]
        shared = _shared_start(reading.text, name)
        line = f"{name} {reading.text[len(shared) :].strip()}" if shared else ""
        if line and reader.read(line).outcome == "accept":
            yield Option(label, line)


def _shared_start(text: str, name: str) -> str:
    """The words at the beginning of a line that are the beginning of a product's name, too."""
    end = 0
    for mine, theirs in zip(re.finditer(r"\S+", text), name.split(), strict=False):
        if mine[0].casefold() != theirs.casefold():
            break
        end = mine.end()
    return text[:end]


def _which_form(reading: Reading, reader: Reader) -> LineAsk | None:
    """Which member of a group is meant, where the label may say it: K2 as MK-7 or MK-4."""
    vocabulary = reader.vocabulary
    for item in reading.items:
        entry = vocabulary[item.substance]
        members = sorted(vocabulary.members(entry.id))
        if entry.kind != "supplement" or not members:
            continue
        options = []
        for member in members:
            label = vocabulary[member].label
            for name in (label.rpartition("(")[2].rstrip(")"), label.removeprefix("vitamin ")):
                line = f"{reading.text.strip()} ({name})"
                new = reader.read(line)
                if new.outcome == "accept" and [one.substance for one in new.items].count(member) == 1:
                    options.append(Option(label, line))
                    break
        if options:
            asked = Option(f"the label only says {entry.label}", reading.text)
            return LineAsk("form", f"Which kind of {entry.label} does the label name?", (*options, asked))
    return None


def _words(reading: Reading, vocabulary: Vocabulary) -> str:
    return "; ".join(_item_words(item, vocabulary) for item in reading.items)


def _item_words(item: Item, vocabulary: Vocabulary) -> str:
    entry = vocabulary[item.substance]
    return item_words(item, item_amounts(item, entry)[0], entry)
