"""The lines that an answer in words makes of one line: completed, replaced, or one line for each thing in it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from dosenote.quantity import IU
from dosenote.reader import Reader
from dosenote.regimen import Item, Person, Reading
from dosenote.report.words import schedule_words
from dosenote.vocabulary import Vocabulary

Kind = Literal["slip", "name", "form", "product", "holds", "amount", "frequency", "which", "other"]

#: Between the things that one line names.
_BETWEEN = re.compile(r"\s*(?:;|,(?!\d)|[+&/]|\b(?:and|with|plus)\b)\s*", re.IGNORECASE)
#: What a line lacks that an answer to a question of a kind tells.
_LACKS: dict[Kind, frozenset[str]] = {
    "amount": frozenset({"amount", "unit"}),
    "frequency": frozenset({"frequency"}),
}
#: An unknown name has so many letters or more.
_SHORTEST = 4
_RANK = {"accept": 0, "ignore": 0, "ask": 1, "refuse": 2}


class Revised(NamedTuple):
    """What became of an answer to a line: the lines in its place, and lines about something else."""

    lines: tuple[str, ...]
    others: tuple[str, ...] = ()


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
    if same_things(reading, alone, vocabulary) and _open(alone) < _open(reading):
        return Revised((said,))
    joined = [f"{text} {said}", f"{text}, {said}", f"{said} {text}", f"{text} ({said})"]
    joined += [text.replace(piece, f"{piece} {said}", 1) for piece in reading.hidden]
    joined += [text.replace(piece, said, 1) for piece in reading.unread if _repeats(said, piece)]
    best = min((reader.read(line) for line in joined), key=_open)
    if _speaks(alone, reading, vocabulary):
        return Revised((text,), (said,))
    if kind == "which":
        return (_named if len(reading.items) == 1 else _of_one)(reading, said, reader, kind)
    if _completes(reading, best, vocabulary, kind):
        return Revised((best.text,))
    return _of_one(reading, said, reader, kind)


def _named(reading: Reading, said: str, reader: Reader, _: Kind) -> Revised | None:
    """The line of a medicine of which only the kind was told, with its name; an unknown name stands beside the kind."""
    item, alone, vocabulary = reading.items[0], reader.read(said), reader.vocabulary
    is_bare = (item.amount, item.schedule) == (None, None)
    if is_bare and said.isalpha() and len(said) >= _SHORTEST:
        beside = reader.read(f"{reading.text.strip()} {said}")
        if beside.unread == (said,):
            return Revised((beside.text,))
    are_of_it = all(
        one.substance != item.substance and item.substance in vocabulary.surely(one.substance) for one in alone.items
    )
    if not (_only_items(alone) and are_of_it):
        return None
    if is_bare:
        return Revised((said,))
    whole = reader.read(f"{said} {reading.text.strip()}")
    is_kept = [(one.amount, one.schedule) for one in whole.items] == [(item.amount, item.schedule)]
    return Revised((whole.text,)) if is_kept and same_things(alone, whole, vocabulary) else None


def _of_one(reading: Reading, said: str, reader: Reader, kind: Kind) -> Revised | None:
    """The line as one line a thing, where the answer completes the one that it names, or the first that lacks it."""
    lines = list(one_each(reading, reader))
    readings = [reader.read(line) for line in lines]
    alone, lacks = reader.read(said), _LACKS.get(kind, frozenset())
    named = [number for number, one in enumerate(readings) if same_things(one, alone, reader.vocabulary)]
    lacking = [number for number, one in enumerate(readings) if lacks & {*one.missing}]
    if not (named if alone.items else lacking):
        return None
    number = (named if alone.items else lacking)[0]
    revised = revise(readings[number], said, reader, kind)
    if revised is None or revised.others:
        return None
    if not alone.items and _is_rather_of_another(revised, [readings[one] for one in lacking[1:]], reader):
        return None
    lines[number : number + 1] = revised.lines
    return Revised(tuple(lines))


def one_each(reading: Reading, reader: Reader) -> tuple[str, ...]:
    """A line as one line a thing, which together say the same; none where it says more than that, or is not clear."""
    parts = [part for part in _BETWEEN.split(reading.text.strip()) if part]
    readings = [reader.read(part) for part in parts]
    if len(parts) != len(reading.items) or len(parts) == 1 or any(map(str.isalpha, "".join(reading.unread))):
        return ()
    if reading.unread != tuple(piece for one in readings for piece in one.unread):
        return ()
    lines = [
        line
        for part, item in zip(parts, reading.items, strict=True)
        if (line := _line_of(part, item, bool(reading.unread), reader))
    ]
    return tuple(lines) if len(lines) == len(parts) else ()


def _line_of(part: str, item: Item, is_doubted: bool, reader: Reader) -> str:
    """A piece of a line that says the same of one thing, perhaps with how often the whole says; "" where none does.

    is_doubted: whether the whole line leaves amounts open that the piece may tell.
    """
    often = schedule_words(item.schedule)
    for line in (part, f"{part} {often}", f"{part} {often} {' and '.join(item.moments)}"):
        one = reader.read(line)
        others = one.denied or one.stopped or one.conditions or one.foods or one.labs or one.doubted or any(one.closed)
        if len(one.items) != 1 or others or one.person != Person() or one.outcome == "refuse":
            continue
        found = one.items[0]._replace(text=item.text)
        if (found._replace(amount=None, also=None) if is_doubted else found) == item:
            return line
    return ""


def _is_rather_of_another(revised: Revised, lacking: list[Reading], reader: Reader) -> bool:
    """Whether an amount in micrograms of what is sold in IU may be meant of another that lacks one: K2 beside D3."""
    item = reader.read(revised.lines[0]).items[0]
    vocabulary = reader.vocabulary
    others = (vocabulary[one.items[0].substance] for one in lacking)
    is_in_iu = vocabulary[item.substance].mcg_per_iu is not None
    return is_in_iu and item.amount is not None and item.amount.unit != IU and any(one.unit == "mcg" for one in others)


def _repeats(said: str, piece: str) -> bool:
    """Whether an answer begins with a number that stands in the line without its unit."""
    number = re.match(r"[\d.,]*\d(?![.,]?\d)", said)
    return number is not None and number[0] == piece


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
        is_so = all(item.schedule == schedule for item in whole.items) and same_things(
            reader.read(part), whole, vocabulary
        )
        lines.append(whole.text if schedule and is_so and whole.outcome == "accept" else part)
    return tuple(lines)


def _parts(said: str, reader: Reader) -> tuple[str, ...]:
    """Each thing as a line of its own, or all in one where that can be read; none where something else is said, too."""
    if _only_items(reader.read(said)):
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
    if not same_things(before, after, vocabulary) or not _open(after) < _open(before) or after.outcome == "refuse":
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


def same_things(one: Reading, other: Reading, vocabulary: Vocabulary) -> bool:
    """Whether two readings are about the same things, the other perhaps more exactly."""
    if not other.items or other.hides_something:
        return False
    if not one.items:
        return one.hides_something
    return len(one.items) == len(other.items) and all(
        before.substance in vocabulary.surely(after.substance)
        for before, after in zip(one.items, other.items, strict=True)
    )
