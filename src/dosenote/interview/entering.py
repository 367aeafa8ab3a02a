"""What to ask about one line as it is entered, and the lines that an answer makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Literal, NamedTuple

from dosenote.facts import item_amounts
from dosenote.reader import Reader
from dosenote.regimen import Item, Person, Reading
from dosenote.report.words import item_words, schedule_words
from dosenote.vocabulary import Vocabulary

Kind = Literal["slip", "name", "form", "product", "holds", "amount", "frequency", "other"]

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
_WHICH = "which is it: "
_RANK = {"accept": 0, "ignore": 0, "ask": 1, "refuse": 2}


class Option(NamedTuple):
    """One choice offered for a line. line: what it makes of it."""

    label: str
    line: str


class LineAsk(NamedTuple):
    """What is asked about one line; besides the options, an answer in words, or the whole line again, is understood."""

    kind: Kind
    text: str
    options: tuple[Option, ...] = ()


class Revised(NamedTuple):
    """What became of an answer to a line: the lines in its place, and lines about something else."""

    lines: tuple[str, ...]
    others: tuple[str, ...] = ()


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
            return LineAsk("frequency", f"How often do you take {entry.label}? Type daily, twice a week, ...")
    if reading.outcome == "accept":
        return _which_form(reading, reader)
    products = [question for question in reading.questions if question.startswith(_WHICH)]
    if products:
        return LineAsk("product", "Which of these is it?", tuple(_products(reading, products, reader)))
    asked = [words for words in (*reading.questions, reading.reason) if words]
    strange = ", ".join(f'"{piece}"' for piece in reading.unread)
    return LineAsk("other", _sentence(asked[0]) if asked else f"What is meant by {strange}?")


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
        if usual and _same_things(reading, new, reader.vocabulary):
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


# --- what an answer makes of a line


def revise(reading: Reading, said: str, reader: Reader, kind: Kind) -> Revised | None:
    """The line as an answer in words completes or replaces it, or None when the answer says nothing to it.

    kind: what was asked.
    """
    text, vocabulary = reading.text.strip(), reader.vocabulary
    alone = reader.read(said)
    if reading.hides_something and reading.is_empty and alone.items:
        best = min((reader.read(line) for line in (f"{said} {text}", f"{text} {said}")), key=_open)
        lines = (best.text,) if _only_items(best) else _parts(said, reader)
        return Revised(lines) if lines else None  # what the label says is in it
    if _same_things(reading, alone, vocabulary) and _open(alone) < _open(reading):
        return Revised((said,))
    joined = [f"{text} {said}", f"{text}, {said}", f"{said} {text}", f"{text} ({said})"]
    joined += [text.replace(piece, f"{piece} {said}", 1) for piece in reading.hidden]
    best = min((reader.read(line) for line in joined), key=_open)
    if _speaks(alone, reading, vocabulary):
        return Revised((text,), (said,))
    if _completes(reading, best, vocabulary, kind):
        return Revised((best.text,))
    return _of_the_first(reading, said, reader, kind)


def _of_the_first(reading: Reading, said: str, reader: Reader, kind: Kind) -> Revised | None:
    """The line as one line a thing, where the answer completes the first of those that lack it: it was asked for."""
    parts = list(_parts(reading.text, reader, is_whole=False))
    if len(parts) != len(reading.items) or len(parts) == 1:
        return None
    for number, part in enumerate(parts):
        alone = reader.read(part)
        if kind in alone.missing:
            revised = revise(alone, said, reader, kind)
            if revised is None or revised.others:
                return None
            parts[number : number + 1] = revised.lines
            return Revised(tuple(parts))
    return None


def label_lines(said: str, reading: Reading, reader: Reader) -> tuple[str, ...]:
    """What a label lists, one line an ingredient, each taken as often as the product is; none where it lists nothing.

    reading: the product's own line.
    """
    vocabulary = reader.vocabulary
    parts = _parts(said, reader)
    if any(vocabulary[item.substance].kind != "supplement" for part in parts for item in reader.read(part).items):
        return ()
    schedule = reading.items[0].schedule if reading.items else None
    lines = []
    for part in parts:
        whole = reader.read(f"{part} {schedule_words(schedule)}")
        is_so = all(item.schedule == schedule for item in whole.items) and _same_things(
            reader.read(part), whole, vocabulary
        )
        lines.append(whole.text if schedule and is_so and whole.outcome == "accept" else part)
    return tuple(lines)


def _parts(said: str, reader: Reader, is_whole: bool = True) -> tuple[str, ...]:
    """Each thing as a line of its own; none where something else is said, too.

    is_whole: leave them in one line where that can be read.
    """
    if is_whole and _only_items(reader.read(said)):
        return (said,)
    parts = tuple(part.strip() for part in re.split(r";|,(?!\d)|\s\+\s", said) if part.strip())
    return parts if all(_only_items(reader.read(part)) for part in parts) else ()


def _only_items(reading: Reading) -> bool:
    """Whether a line names things that are taken, and says nothing else."""
    others = reading.denied or reading.stopped or reading.conditions or reading.doubted or any(reading.closed)
    all_taken = bool(reading.items) and all(item.is_taken for item in reading.items)
    return all_taken and not reading.unread and not others and reading.outcome != "refuse"


def _completes(before: Reading, after: Reading, vocabulary: Vocabulary, kind: Kind) -> bool:
    """Whether a longer line says what the other lacked, of the first thing that lacked it, and changes nothing."""
    if not _same_things(before, after, vocabulary) or not _open(after) < _open(before) or after.outcome == "refuse":
        return False
    if before.outcome == "refuse":
        return after.outcome == "accept"
    pairs = list(zip(before.items, after.items, strict=True))
    for asked, lacking in (("amount", "amount"), ("frequency", "schedule")):
        rows = [(getattr(old, lacking), getattr(new, lacking)) for old, new in pairs]
        if any(old is not None and old != new for old, new in rows):
            return False
        gained = [new is not None for old, new in rows if old is None]
        if any(gained) and not gained[0]:
            return False  # "calcium, magnesium", and "500 mg" would be of the second
        if kind == asked and not any(gained):
            return False
    return True


def _open(reading: Reading) -> tuple[int, int]:
    """How much a line leaves open; less is better."""
    return _RANK[reading.outcome], len(reading.missing) + len(reading.unread) + bool(reading.reason)


def _speaks(alone: Reading, line: Reading, vocabulary: Vocabulary) -> bool:
    """Whether an answer, by itself, says something that is not about the line: it names another thing."""
    if alone.hides_something:
        return False
    known = {id for item in line.items for id in vocabulary.surely(item.substance) | vocabulary.members(item.substance)}
    others = any(item.substance not in known for item in alone.items)
    mixed = line.hides_something or any(vocabulary[item.substance].may_hold for item in line.items)
    if alone.denied and mixed:
        return False  # "no vitamin K" may be said of what is in it
    said = alone.conditions or alone.foods or alone.labs or alone.denied or alone.stopped
    return others or bool(said) or alone.person != Person()


def _same_things(one: Reading, other: Reading, vocabulary: Vocabulary) -> bool:
    """Whether two readings are about the same things, the other perhaps more exactly."""
    if not other.items or other.hides_something:
        return False
    if not one.items:
        return one.hides_something
    return len(one.items) == len(other.items) and all(
        before.substance in vocabulary.surely(after.substance)
        for before, after in zip(one.items, other.items, strict=True)
    )


def _words(reading: Reading, vocabulary: Vocabulary) -> str:
    return "; ".join(_item_words(item, vocabulary) for item in reading.items)


def _item_words(item: Item, vocabulary: Vocabulary) -> str:
    entry = vocabulary[item.substance]
    return item_words(item, item_amounts(item, entry)[0], entry)
