"""Lines → readings: a line as a whole, else by its sentences, else with the name of a product in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, repeat, takewhile

from dosenote.errors import DosenoteError
from dosenote.products import Product, by_name
from dosenote.reader.alike import Alike
from dosenote.reader.answers import Answers
from dosenote.reader.asides import ALLERGY
from dosenote.reader.cells import has_amount_cell, with_cells, with_rows
from dosenote.reader.commented import as_listed, without_sign
from dosenote.reader.context import with_context
from dosenote.reader.endings import without_end
from dosenote.reader.followed import in_turn, parts_in_turn
from dosenote.reader.grammar import reduce
from dosenote.reader.headings import Headings
from dosenote.reader.infants import may_be_of_another, with_age_of_baby
from dosenote.reader.joined import tokens_of
from dosenote.reader.labels import Key, Labels, Named, named_product, with_strengths
from dosenote.reader.lettered import with_letters
from dosenote.reader.lexicon import Lexicon
from dosenote.reader.lines import Line
from dosenote.reader.neighbours import POINT, Neighbours, asked_about
from dosenote.reader.partings import below_heading, by_strength, under_headings, with_marks
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import TURNING
from dosenote.reader.standings import Standings, may_tell, reading_of, words_of
from dosenote.reader.successions import turns
from dosenote.reader.together import ask_which_days, ask_which_days_of_all, merged, said_twice
from dosenote.reader.tokens import Token
from dosenote.regimen import Person, Reading
from dosenote.vocabulary import Vocabulary

#: Longer lines are no lines that a person wrote; reading them would take for ever.
LONGEST_LINE = 2000
#: Lines that go through each step together.
_BLOCK = 128
#: Pieces of no weight for how the others join.
_LIGHT = frozenset(("neutral", "filler"))
_ROLE = 0  # the place of the role in a piece: by its number it is found in half the time
#: Where one statement may end and another begin.
_SENTENCES = re.compile(
    rf";|{POINT}(?=\D)|,?\s+\b(?:but|now|still|just|jetzt|maintenant|ahora|adesso|agora)\b\s+"
    r"|,\s+(?=start(?:ed)?\b|stopped\s+[^\W\d]|not on\b|not taking\b)|,?\s+\b(?:switched|changed) to\b",
    re.IGNORECASE,
)
#: All that is said between two commas is that something is not taken, or not the matter.
_NOTHING_OF = re.compile(r"\s*no\s+[^\W\d]\w*(?:[\s-]\w+){0,2}\s*\.?", re.IGNORECASE)


def _is_one_statement(line: str) -> bool:
    """Whether a line is not read part by part."""
    return not (_SENTENCES.search(line) or _NOTHING_OF.search(line))


#: A list in one line: "1. warfarin 5 mg daily 2. D3 1000 IU daily".
_LISTED = re.compile(r"\s+(?=(?:[2-9]|1\d)[.)]\s+[^\W\d])")
#: How many or how much, and when, before any name.
_TIMED_DOSE = re.compile(
    r"\s*(?:\d[\d.,/]*|[\u00bc-\u00be\u00bd]|half|one|two|three|another)[\s\d\u00bd/]*"
    r"(?:(?:and a half|a|tabs?|tablets?|caps?|capsules?|pills?|mg|mcg|units?|iu)\s*)*"
    r"(?:am|pm|at|in the|mane|nocte|every|each|on|daily|mon|tue|wed|thu|fri|sat|sun|breakfast|lunch|dinner"
    r"|morning|evening|noon|night)\b",
    re.IGNORECASE,
)
#: Behind what somebody says not to take, as a record prints it.
_NOT_TAKEN = re.compile(r"\(patient not taking(?::\s*reported on [\d/.-]+)?\)\s*$", re.IGNORECASE)
#: All of a line: "female 78", "78 female".
_FACT_AND_AGE = re.compile(r"\s*([^\W\d]{3,}|\d\d)\s+(\d\d|[^\W\d]{3,})\s*")
#: A "not" that may take back a word before it.
_BARE_NOT = re.compile(r"\s*(?:not|never)\s+(?!on\b|taking\b)", re.IGNORECASE)
#: "switched from warfarin to apixaban 5 mg": the one has ended, the other is taken.
_SWITCHED = re.compile(r"\s*(?:i\s+)?(?:switched|changed)\s+from\s+(.+?)\s+to\s+(.+)", re.IGNORECASE)
#: "was on D3 10,000 IU, now 2,000 IU daily": the first amount has ended, and the second is of the same thing.
_WAS_NOW = re.compile(
    r"\s*(?:i\s+)?(?:was on|was taking|used to take|previously took)\s+(.+?),?\s+(?:but\s+)?now\s+"
    r"(?:cut down to|down to|up to|on|taking|only)?\s*(.+)",
    re.IGNORECASE,
)


class _Known:
    """The products of the rules, by name."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._products = products

    @cached_property
    def _by_name(self) -> Mapping[Key, tuple[Product, ...]]:
        return by_name(self._products)

    def find(self, keys: Iterable[Key]) -> Mapping[Key, tuple[Product, ...]]:
        return {key: self._by_name[key] for key in keys if key in self._by_name}


class Reader:
    """Reads lines with one vocabulary. Build it once: the lexicon is made when the first line is read."""

    def __init__(self, vocabulary: Vocabulary, products: Iterable[Product] = (), index: Labels | None = None) -> None:
        self.vocabulary = vocabulary
        self._lexicon = Lexicon(vocabulary)
        self._labels: tuple[Labels, ...] = (_Known(products), *((index,) if index else ()))

    @cached_property
    def alike(self) -> Alike:
        """Lines that differ in one number only, to be read once."""
        return Alike(self.vocabulary, self._lexicon, self.read, _is_one_statement)

    def items_of(self, text: str) -> list[str]:
        """The items of a text that has semicolons between them; cells of a table that tell of one thing are one item.

        "D3 1000 IU daily; K2 100 mcg daily" are two; "D3;2000;IU;daily" is one.
        """
        parts = text.split(";")
        if not has_amount_cell(text):
            return parts
        return with_rows(parts, [self._lexicon.pieces(tokens_of(part)) for part in parts])

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.vocabulary)

    @cached_property
    def _headings(self) -> Headings:
        return Headings(self.read, self._pieces, self.vocabulary)

    @cached_property
    def _words_of_standing(self) -> frozenset[str]:
        return words_of(self.vocabulary)

    @cached_property
    def _standings(self) -> Standings:
        return Standings(self.vocabulary)

    def read(self, line: str) -> Reading:
        """How one line is understood. Nothing is assumed that the line does not say."""
        return self._read_block([line])[0]

    def read_many(self, lines: Iterable[str]) -> Iterator[Reading]:
        """A reading for each line, in their order; the same as one at a time, and faster."""
        rest = iter(lines)
        for block in iter(lambda: list(islice(rest, _BLOCK)), []):
            yield from self._read_block(block)

    def _read_block(self, lines: list[str], are_clauses: bool = False) -> list[Reading]:
        read = zip(lines, self._understood(lines, are_clauses), strict=True)
        return [
            self._neighbours.asked(line, one) if len(one.items) > 1 and one.outcome == "accept" else one
            for line, one in read
        ]

    def _understood(self, lines: list[str], are_clauses: bool = False) -> list[Reading]:
        """Each step for all lines before the next step: the processor keeps the code of one step at hand."""
        short = [line if len(line) <= LONGEST_LINE else "" for line in lines]
        tokens = [tokens_of(line) for line in short]
        pieces = [[piece for piece in self._lexicon.pieces(one) if piece[_ROLE] not in _LIGHT] for one in tokens]
        joined = map(with_letters, short, map(with_cells, short, pieces))
        reduced = map(with_context, short, map(reduce, joined), repeat(self.vocabulary))
        readings = [one.reading() for one in map(Line, short, reduced, repeat(self.vocabulary))]
        return [  # one thing that is clear needs no other look
            one if one.outcome == "accept" and len(one.items) < 2 else self._again(line, said, one, are_clauses)
            for line, said, one in zip(lines, tokens, readings, strict=True)
        ]

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(lambda part: self._understood([part])[0], self._pieces, self.vocabulary)

    def _pieces(self, text: str) -> list[Piece]:
        return self._lexicon.pieces(tokens_of(text))

    def _again(self, line: str, tokens: list[Token], reading: Reading, is_clause: bool) -> Reading:
        """The reading of a line as a whole where that is clear, else by its sentences, else with a product in it.

        is_clause: whether it is part of a line that has been parted already.
        """
        if len(line) > LONGEST_LINE:
            reason = f"longer than {LONGEST_LINE} characters"
            return Reading(f"{line[:60]}...", "refuse", unread=(f"{line[:60]}...",), reason=reason)
        if reading.outcome in ("accept", "ignore"):
            if len(reading.items) < 2:
                return reading
            if said_twice(reading.items, self.vocabulary):
                return reading._replace(outcome="ask", reason="it is not clear whether one thing is named twice")
            headed = None if is_clause or line.count(":") < 2 else self._by_layout(line)
            if headed is not None:
                return headed  # "Weekly: D3, K2 100 mcg Daily: zinc": K2 stands below "weekly", too
            return ask_which_days(reading, self.vocabulary)
        apart = None if is_clause else self._apart(line)
        if apart is None and not reading.unread and len({item.substance for item in reading.items}) > 1:
            apart = self._by_steps(line)
        if apart is not None:
            return apart
        was_now = _WAS_NOW.fullmatch(line)
        said_more = reading.doubted or reading.conditions or reading.foods or reading.labs or reading.person != Person()
        if was_now is not None and len({item.substance for item in reading.items}) == 1 and not said_more:
            if self.vocabulary[reading.items[0].substance].names_a_compound(was_now[1]):
                return reading  # whose weight the amount after it is, the line does not say again
            after = self.read(f"{self.vocabulary[reading.items[0].substance].label} {was_now[2]}")
            if after.outcome == "accept" and len(after.items) == 1:
                return after._replace(text=line)
        if reading.unread or not reading.items or "amount" in reading.missing:
            with_product = self._with_product(line, tokens)
            if with_product is not None and with_product.outcome == "ask" and "," in line:
                apart = self._by_product(line, line.split(","))
                with_product = with_product if apart is None else apart
            return with_product or reading
        return reading

    def _apart(self, line: str) -> Reading | None:
        """The reading of a line of which each part is clear by itself, or None where they are not."""
        below = self.read(below_heading(line)) if below_heading(line) else None
        if below is not None and below.outcome in ("accept", "ignore") and not below.is_empty:
            return below._replace(text=line)
        gone, fact = _NOT_TAKEN.search(line), _FACT_AND_AGE.fullmatch(line)
        if gone is not None or fact is not None:
            again = self.read(f"stopped {line[: gone.start()]}" if gone else f"{fact[1]}, {fact[2]}" if fact else line)
            if again.stopped or again.person.age is not None:
                return again._replace(text=line)
        answered = self._by_answer(line)
        if answered is not None:
            return answered
        switched = _SWITCHED.fullmatch(line)
        said = without_end(with_marks(line))
        if said != line:
            again = self.read(said)
            if again.outcome == "accept":
                return again._replace(text=line)
        mark = _LISTED if line.lstrip()[:3] in ("1. ", "1) ") else _SENTENCES
        parts = [f"stopped {switched[1]}", f"started {switched[2]}"] if switched else mark.split(line)
        between = [] if switched else mark.findall(line)
        apart = self._by_sentence(line, parts, between) if len(parts) > 1 else None
        apart = apart or self._by_standing(line) or self._by_layout(line)
        return self._by_denial(line, line.split(",")) if apart is None and _NOTHING_OF.search(line) else apart

    def _by_answer(self, line: str) -> Reading | None:
        """The reading of answers of a form: what is asked about, or that there is none of it."""
        parts = line.split(",")
        if len(parts) > 1 and all(map(self._answers.answer, parts)):
            return self._by_sentence(line, parts, [","] * len(parts))
        answer = self._answers.answer(line)
        for again in map(self.read, answer.said if answer else ()):
            names = bool(again.items or again.conditions or again.stopped or again.person != Person())
            clear = names and not again.unread and not again.doubted
            if clear if answer and answer.is_yes else again.outcome == "ignore":
                return again._replace(text=line)
        return None

    def _by_layout(self, line: str) -> Reading | None:
        """A line of which headings or strengths part the statements: "AM: ... PM: ...", "5mg 1 daily, 1mg 2 daily"."""
        parts = by_strength(line)
        if not parts and line.count(":") > 1:
            parts = under_headings(line, [one for one in self._pieces(line) if one.role not in _LIGHT])
        return self._by_sentence(line, parts, [""] * len(parts)) if parts else None

    def _by_steps(self, line: str) -> Reading | None:
        """A line of kinds of one thing that follow one another: "D2 50,000 IU weekly for 8 weeks, then D3 daily"."""
        steps = [self.read(part) for part in parts_in_turn(line, self._pieces(line))]
        found = in_turn(steps, self.vocabulary) if steps else None
        return merged(line, found) if found else None

    def _by_denial(self, line: str, parts: list[str]) -> Reading | None:
        """A dose before or behind what is not taken: "no warfarin, no aspirin, D3 1000 IU daily"."""
        leads = list(takewhile(_NOTHING_OF.fullmatch, parts))
        ends = list(takewhile(_NOTHING_OF.fullmatch, reversed(parts[len(leads) :])))[::-1]
        doses = parts[len(leads) : len(parts) - len(ends)]
        if not (leads or ends) or not doses or (leads and not re.search(r"\d", doses[0])):
            return None  # "no warfarin, aspirin, D3 1000 IU": is aspirin taken?
        if not all(self.read(part).denied or " other " in part.lower() for part in (*leads, *ends)):
            return None  # "osteoporosis, no meds": none at all, or none for that?
        said = [*leads, ",".join(doses), *ends]
        return self._by_sentence(line, said, [", "] * len(said))

    def _by_product(self, line: str, parts: list[str]) -> Reading | None:
        """A list with a product in it, of which each part names something: "alendronate 70 mg weekly, Adcal-D3 bd"."""
        read = [self.read(part) for part in parts]
        told = ["frequency" not in one.missing for one in read]  # how often, at the end, may be of all before it
        if not all(one.items and one.outcome != "refuse" for one in read) or told != sorted(told, reverse=True):
            return None
        try:
            together = merged(line, read)
        except DosenoteError:
            return None
        reasons = "; ".join(dict.fromkeys(one.reason for one in read if one.reason))
        clear = all(one.outcome == "accept" for one in read)
        return together if clear else together._replace(outcome="ask", reason=reasons)

    def _with_product(self, line: str, tokens: list[Token]) -> Reading | None:
        """The line with the name of a product understood, or None when it names none."""
        named = named_product(tokens, self._labels)
        if named is None or not any(product.ingredients for product in named.products):
            return None
        unbranded = self._without_brand(line, tokens, named)
        if unbranded is not None:
            return unbranded
        product = Piece("product", named, tokens[named.first].start, tokens[named.end - 1].end)
        before, after = self._lexicon.pieces(tokens[: named.first]), self._lexicon.pieces(tokens[named.end :])
        if tokens[named.end - 1].kind == "number":
            again = self._lexicon.pieces(tokens[named.end - 1 :])
            if len(again) > 1 and again[1].role == "unit":
                after = again  # "Tums 750 mg": the number is an amount, too
        pieces = reduce(with_cells(line, [piece for piece in (*before, product, *after) if piece.role not in _LIGHT]))
        known = with_strengths(line, named, pieces, self.vocabulary)
        return self._with_named(Line(line, pieces, self.vocabulary).product_reading(known))

    def _with_named(self, reading: Reading) -> Reading:
        """What the line of a product names beside that is taken, too: "warfarin and Centrum daily"."""
        pieces = {text: self._pieces(text) for text in reading.unread}
        named = [piece.value for one in pieces.values() for piece in one if piece.role == "name"]
        taken = list(dict.fromkeys(entry.id for entry in named if entry.kind in ("supplement", "medicine")))
        if not taken or any(piece.role in TURNING for piece in self._pieces(reading.text)):
            return reading
        unread = tuple(text for text, one in pieces.items() if any(piece.role != "name" for piece in one))
        return asked_about(reading._replace(unread=unread), taken, self.vocabulary)

    def _without_brand(self, line: str, tokens: list[Token], named: Named) -> Reading | None:
        """ "Magnesium oxide (MAG-OX) 400 mg (241.3 mg magnesium)": clear without the brand, which adds nothing."""
        opens = tokens[named.first - 1] if named.first else None
        closes = next((token for token in tokens[named.first : named.end + 1] if token.text == ")"), None)
        if opens is None or closes is None or opens.text != "(":
            return None
        reading = self.read(line[: opens.start] + line[closes.end :])
        held = {one.substance for product in named.products for one in product.ingredients}
        told = {item.substance for item in reading.items}
        if reading.outcome != "accept" or not held <= told:
            return None
        return reading._replace(text=line, items=tuple(item._replace(text=line.strip()) for item in reading.items))

    def _by_sentence(self, line: str, sentences: list[str], between: list[str]) -> Reading | None:
        """A line of several statements, where each is clear by itself: "stopped warfarin; D3 1000 IU daily".

        between: what stands between each two.
        """
        read = [self.read(part) if part.strip() else None for part in sentences]
        return self._of_statements(line, read, between)

    def _by_standing(self, line: str) -> Reading | None:
        """A line of which each clause tells how its thing stands: "stop calcium, continue D3 2000 IU daily"."""
        clauses = self._standings.clauses(line) if may_tell(line, self._words_of_standing) else None
        if clauses is None:
            return None
        readings = self._read_block([clause.said for clause in clauses], are_clauses=True)
        read = list(map(reading_of, clauses, readings))
        if None in read:
            return None
        if len(read) == 1:
            return read[0] and read[0]._replace(text=line)
        return self._of_statements(line, read, [clause.gap for clause in clauses[1:]])

    def _of_statements(self, line: str, read: Sequence[Reading | None], between: list[str]) -> Reading | None:
        """One reading of statements that are each clear by themselves, or None where they are not, or contradict."""
        parts = [part for part in read if part is not None]
        if len(parts) < 2 or any(
            part.outcome not in ("accept", "ignore") or (part.is_empty and part.reason != ALLERGY) for part in parts
        ):
            return None
        if may_be_of_another(parts, self.vocabulary) or any(_TIMED_DOSE.match(part.text) for part in parts[1:]):
            return None  # "1 tab am; 2 tabs pm, warfarin 5 mg daily": the second dose is of what came before
        said = False  # whether something is taken, by what was said so far
        for one, gap in zip(read, ["", *between], strict=False):
            takes = one is not None and bool(one.items)
            if said and takes and turns(gap):
                return None  # "warfarin 5 mg daily, switched to Eliquis 5 mg"
            said = said or takes
        ended = False
        for part in parts:  # "stopped aspirin but not warfarin": that goes on
            if ended and part.denied and _BARE_NOT.match(part.text):
                return None
            ended = ended or bool(part.stopped)
        taken = {id for part in parts for item in part.items for id in self.vocabulary.surely(item.substance)}
        gone = {id for part in parts for id in (*part.stopped, *part.denied)}
        if said_twice([one for part in parts for one in part.items], self.vocabulary):
            return None  # "Eliquis 5 mg bid; apixaban 5 mg bid": both, or one under two names?
        wider = {id for one in gone for id in self.vocabulary.surely(one)}  # "stopped MK-7; K2 100 mcg daily"
        if taken & gone or wider & {item.substance for part in parts for item in part.items}:
            return None
        try:
            return ask_which_days(merged(line, parts), self.vocabulary)
        except DosenoteError:
            return None

    def read_all(self, lines: Iterable[str]) -> tuple[Reading, ...]:
        """Every line that is not blank. One that begins with # is kept and shown; what it names is left open."""
        said = [line for line in lines if line.strip()]
        return tuple(map(as_listed, said, self.read_many(map(without_sign, said))))

    def read_list(self, lines: Iterable[str]) -> tuple[Reading, ...]:
        """Every line of one person's list; asked about is what stands below "Stopped:", or may replace another dose."""
        said = list(lines)
        readings = with_age_of_baby([*self._headings.below(said, self.read_all(said))], self.vocabulary)
        return tuple(ask_which_days_of_all(readings, self.vocabulary))
