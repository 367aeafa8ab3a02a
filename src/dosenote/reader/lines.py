"""The pieces of a line → a Reading: statements about the person, items, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dosenote.errors import DosenoteError
from dosenote.reader.asides import QUESTION, aside_of, goes_on, is_talk, is_whole, says_more, without_heading
from dosenote.reader.denials import denied_of, has_ended, named_again, was_taken
from dosenote.reader.dividing import divide
from dosenote.reader.doses import items_of
from dosenote.reader.foods import is_of_food, is_with_food, may_be_of_food
from dosenote.reader.frequency import as_times
from dosenote.reader.labels import Named, describe, fits_form, segments_of
from dosenote.reader.labs import day_of, doubt_of, is_level, is_when, measured, value_of
from dosenote.reader.listed import product_on_days
from dosenote.reader.notes import Notes, once
from dosenote.reader.phrases import Piece, unread_of
from dosenote.reader.segments import TURNING, Segment, of_steps
from dosenote.reader.steps import COUNTED, steps
from dosenote.reader.successions import follows_another, is_past, unsettled
from dosenote.reader.sums import Stated, check, stated
from dosenote.reader.together import ask_strength, ask_which, count_together
from dosenote.reader.twins import is_element, joins, says_element, without_again
from dosenote.regimen import Closed, Item, Lab, Outcome, Person, Reading
from dosenote.vocabulary import Entry, Vocabulary

#: Without one of these a line is no offer of a shop.
_OFFERED = frozenset(("symbol", "word"))
#: Without one of these a line with one name is one dose, unless it counts or measures twice.
_STEPPED = frozenset(("then", "scheme"))
#: Kinds of entries that are taken. What a condition follows from, and what makes of a name a blood value.
_TAKEN = frozenset(("supplement", "medicine"))
_IMPLYING = frozenset(("session", "implied"))
_MORE = frozenset((*_IMPLYING, "reading", "levelled"))
_TIMED = frozenset(("count", "amount", "schedule"))
#: Without one of these a line says nothing of the person, and nothing of itself.
_ABOUT = frozenset(("checked", "closed", "person_fact"))
#: Without one of these a line gives no sum of its doses.
_SUMMED = frozenset(("open", "equals", "total"))
#: What may be said of the end of something: when, and why.
_FOR_WHAT = ("for", "because")  # "for AF", "due to AF"
_OF_END = frozenset(("date", "quantity", "because", "complaint", "too", "thousand", "long", "event"))
_HOW_OFTEN = frozenset(("schedule", "time", "meal", "count"))
#: Words that make of a condition a test, or somebody who sees to it.
_VISIT = r"(?i)\b(?:test|tests|appointment|visit|doctor|screening|check|clinic)\b"
#: Lists that are complete; that there are no supplements changes nothing.
_CLOSED = {name: Closed(**{name: True}) for name in Closed._fields}


class Line:
    """One line while it is read: what is known of it so far."""

    person = Person()
    closed = Closed()
    denied: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    named: Sequence[Piece] = ()  # every name, before those that say the same are joined

    def __init__(self, text: str, pieces: list[Piece], vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.pieces = pieces
        self.unread: list[Piece] = []
        self.notes = Notes()
        self.labs: list[Lab] = []
        self.conditions: list[str] = []
        self.conditional: list[Piece] = []  # the pieces that name them
        self.foods: list[str] = []

    def reading(self) -> Reading:
        """What the line says; each part of the work is done only where a piece calls for it."""
        roles = {piece.role for piece in self.pieces}
        has_heading = "heading" in roles
        if has_heading:
            self.pieces = without_heading(self.text, self.pieces)
            has_heading = not any(piece.role == "heading" for piece in self.pieces)
        if not roles.isdisjoint(_ABOUT):
            self._statements(roles)
        self.denied = denied_of(self.text, self.pieces) if "denied" in roles else ()
        if self.denied:
            return self._denial()
        if roles >= _TIMED:
            self.pieces = as_times(self.text, self.pieces)
        names = self._names(roles)
        turning = [] if roles.isdisjoint(TURNING) else [piece for piece in self.pieces if piece.role in TURNING]
        if turning or not roles.isdisjoint(_OFFERED):
            aside = aside_of(self.text, self.pieces, turning, bool(names), bool(self.conditions))
            if aside:
                return self._aside(names, aside)
        told: list[Stated] = []
        if len(names) == 1 and not roles.isdisjoint(_SUMMED):
            self.pieces, told = stated(self.pieces, self.text)
        segments = self._steps(names, roles)
        in_steps = segments is not None
        if segments is None:
            segments, self.unread = divide(self.text, self.pieces, names)
        else:
            turning = unsettled(turning, self.pieces)
        if turning and segments and self._has_ended(self.pieces, turning, segments):
            because = min((piece.start for piece in self.pieces if piece.role == "because"), default=len(self.text))
            dates = [piece for piece in self.unread if piece.role in _OF_END]
            is_clear = because == len(self.text) or bool(self.conditions)
            is_clear = is_clear or any(piece.role == "complaint" for piece in self.pieces)
            one_salt = not roles.isdisjoint(("salt", "salt_as"))  # who stopped calcium citrate may take another calcium
            if len(dates) == len(self.unread) and is_clear and not self.labs and not one_salt:
                # "stopped warfarin in May": nothing of it is taken
                self.unread = []
                self.stopped = tuple(segment.entry.id for segment in segments)
                return self._finish((), "ignore", "it says that this is no longer taken")
        if not names and is_talk(self.text, self.pieces, has_heading):
            self.unread = []
        if may_be_of_food(self.text, names, bool(self.foods and segments)):
            self.notes.reasons.append("it may be what a food holds, and food is not counted")
        levels = self.unread and [piece for piece in self.unread if piece.role == "reading"]
        if levels:
            self.notes.reasons.append("this reads like a blood value")
        if not in_steps:
            ask_strength(self.text, segments, names, self.vocabulary, self.notes)
        if not in_steps and len(segments) > 1:
            count_together(self.text, segments, names, self.notes)
            ask_which(segments, self.notes)
        was_before = bool(segments) and not self.labs and is_past(self.text)
        if was_before:
            self.notes.reasons.append("it may be what was taken before")
        in_turn = len(names) > 1 and follows_another(self.text, names)
        if in_turn:
            self.notes.reasons.append("it is not clear whether the one took the place of the other")
        unread = self._in_doubt(names)
        certain = not (turning or levels or was_before or in_turn)
        items = items_of(segments, self.text, unread, certain, self.notes)
        items = check(told, items, names[0].value, self.notes) if told else items
        if turning:
            self._doubt_the_rest(labs=any(piece.role in ("family", "not") for piece in turning))
            words = ", ".join(f'"{self.text[piece.start : piece.end]}"' for piece in turning)
            self.notes.reasons.append(f"{words} leaves open what is meant")
        if self.notes.refused:
            return self._finish(items, "refuse")
        if self.unread or self.notes.missing or self.notes.reasons:
            return self._finish(items, "ask")
        if items:
            return self._finish(items, "accept")
        return self._finish((), "ignore", "no dose" if self._said_something() else "nothing to read")

    def product_reading(self, named: Named) -> Reading:
        """The reading of a line that names one product: its ingredients, as far as its label is known."""
        roles = {piece.role for piece in self.pieces}
        if not roles.isdisjoint(_ABOUT):
            self._statements(roles)
        self._names(roles)
        turning = [piece for piece in self.pieces if piece.role in TURNING]
        if any(piece.role in ("elemental", "element", "ceiling") for piece in self.pieces):
            self.notes.reasons.append("it is not clear whether the weight is that of the product or of what is in it")
        pieces = product_on_days(self.text, [piece for piece in self.pieces if piece.role != "product"])
        if [piece.role for piece in pieces[:2]] == ["amount", "name"]:  # "Tums 750 mg of calcium"
            self.notes.reasons.append("the weight may be of the product or of what is in it")
        forms = {piece.value[1] for piece in pieces if piece.role == "count"} | {
            piece.value for piece in pieces if piece.role == "form"
        }
        read = [(product, *segments_of(product, pieces, self.vocabulary)) for product in named.products]
        fitting = [one for one in read if one[3] and fits_form(one[0], forms, self.text)]
        product, segments, self.unread, _ = (fitting or read)[0]
        whole = [piece._replace(role="name") if piece.role == "product" else piece for piece in self.pieces]
        if turning and not self.unread and self._has_ended(whole, turning, segments[:1]):
            self.stopped = tuple(segment.entry.id for segment in segments)
            return self._finish((), "ignore", "it says that this is no longer taken")
        if turning:
            self.notes.reasons.append("it is not clear whether it is taken")
        unread = tuple(self.text[piece.start : piece.end] for piece in self.unread)
        items = items_of(segments, self.text, unread, not turning, self.notes)
        if len(fitting) != 1:
            self.notes.reasons.append("the label is not known for certain")
            shown = named.products[:3] if fitting else (product,)
            self.notes.questions += [f"which is it: {describe(one, self.vocabulary)}?" for one in shown]
            items = tuple(item._replace(amount=None) for item in items)
        elif product.must_ask(named.key) and not self.notes.is_checked:
            self.notes.reasons.append("the label is not known for certain")
            also = f" It is also sold as {product.also_sold}." if product.also_sold else ""
            self.notes.questions.append(f"does the label say the same? {describe(product, self.vocabulary)}.{also}")
            items = tuple(item._replace(amount=None) for item in items)
        elif any(item.amount is None for item in items):
            self.notes.reasons.append("not every amount is known")
        else:
            checked = " (label checked)" if product.must_ask(named.key) else ""
            self.notes.assumed.append(f"{describe(product, self.vocabulary)}{checked}")
        if self.notes.refused:
            return self._finish(items, "refuse")
        if self.unread or self.notes.missing or self.notes.reasons:
            return self._finish(items, "ask")
        return self._finish(items, "accept")

    def _denial(self) -> Reading:
        """What is not there; of what is taken no more, that it was stopped."""
        if not was_taken(self.pieces):
            return self._finish((), "ignore", "it says no")
        self.stopped = tuple(id for id in self.denied if self.vocabulary[id].kind in ("supplement", "medicine"))
        self.denied = tuple(id for id in self.denied if id not in self.stopped)
        return self._finish((), "ignore", "it says that this is no longer taken")

    def _has_ended(self, pieces: list[Piece], turning: list[Piece], segments: list[Segment]) -> bool:
        again = named_again(self.text, self.named, pieces, self.vocabulary)
        if again or all(piece.role != "stopped" for piece in turning):
            return False
        dates = frozenset(word for written in self.vocabulary.writing["word"]["date"] for word in written.split())
        return has_ended(self.text, pieces, turning, segments, self.conditional, dates)

    def _doubt_the_rest(self, *names: str, labs: bool = True) -> None:
        """Count what the line says beside what is taken as in doubt: "INR 6.2, hold warfarin"."""
        self.doubted += (*names, *self.conditions, *self.foods, *(lab.id for lab in self.labs if labs))
        self.conditions, self.foods, self.labs = [], [], [] if labs else self.labs

    def _aside(self, names: list[Piece], reason: str) -> Reading:
        """A line about somebody else, an allergy or a question: counted as taken by nobody, ruled out by nobody."""
        self._doubt_the_rest(*(piece.value.id for piece in names))
        if reason == QUESTION:  # what somebody asks about may be in use; what others take, or nobody can take, is not
            self.unread = [piece for piece in self.pieces if piece.role in ("word", "heading")]
        return self._finish((), "ask" if self.unread else "ignore", reason)

    def _steps(self, names: list[Piece], roles: set[str]) -> list[Segment] | None:
        """A segment for each step, day or time of a line with one name, or None when it holds one dose only."""
        if roles.isdisjoint(_STEPPED) and len([1 for piece in self.pieces if piece.role in COUNTED]) < 2:
            return None
        if len(names) != 1 and not (names and any(piece.role == "then" for piece in self.pieces)):
            return None
        if any(name.value is not names[0].value for name in names):
            return None
        pieces = [piece for piece in self.pieces if piece.role != "name"]
        found = steps(pieces, names[0], self.text)
        if found is None:
            return None
        segments, self.unread = of_steps(names[0].value, found, self.text)
        return segments

    def _in_doubt(self, names: list[Piece]) -> tuple[str, ...]:
        """What was not understood and may change an amount: all but words before the first name, such as a maker's."""
        if not self.unread or not names:
            return unread_of(self.text, self.unread)
        mine = [
            piece
            for piece in self.unread
            if piece.start > names[0].start or not self.text[piece.start : piece.end].isalpha()
        ]
        return tuple(self.text[piece.start : piece.end] for piece in mine)

    def _said_something(self) -> bool:
        lists = (self.doubted, self.conditions, self.foods, self.labs)
        return any(lists) or self.closed != Closed() or self.person != Person()

    def _finish(self, items: tuple[Item, ...], outcome: Outcome, reason: str = "") -> Reading:
        unread: tuple[str, ...] = ()
        suggestions: tuple[str, ...] = ()
        if self.unread:
            unread = unread_of(self.text, self.unread)
            strange = " ".join(self.text[piece.start : piece.end] for piece in self.unread if piece.role == "word")
            suggestions = self.vocabulary.suggestions(strange) if strange else ()
        notes = self.notes
        return Reading(
            self.text,
            outcome,
            items,
            tuple(self.conditions),
            tuple(self.foods),
            tuple(self.labs),
            self.denied,
            self.stopped,
            self.doubted,
            self.person,
            self.closed,
            unread,
            once(notes.missing),
            once(notes.questions),
            once(notes.assumed),
            suggestions,
            reason or notes.reason,
        )

    # --- statements about the person, and names

    def _statements(self, roles: set[str]) -> None:
        """Take out facts about the person and lists declared complete; a turned or mixed statement is not one.

        "D3 1000 IU daily, 67 years old" speaks of the person, too: in a clause of its own. Where the person looked at
        the label, what it is taken to say is believed.
        """
        if "checked" in roles:
            self.notes.is_checked = True
            self.pieces = [piece for piece in self.pieces if piece.role != "checked"]
        rest = []
        is_mixed = says_more(self.text, self.pieces)
        for number, piece in enumerate(self.pieces):
            if piece.role == "closed" and not is_whole(self.text, self.pieces, number):
                self.notes.reasons.append("it is not clear whether that is meant of everything")
                if piece.value == "supplements":
                    rest.append(piece._replace(role="not"))
                    roles.add("not")
            elif piece.role == "closed":
                self.closed = self.closed | _CLOSED.get(piece.value, Closed())
            elif piece.role != "person_fact":
                rest.append(piece)
            elif is_mixed or goes_on(self.text, self.pieces, piece):
                self.notes.reasons.append("it says something about the person and something else")
                rest.append(piece)
            else:
                try:
                    self.person = self.person.with_(piece.value)
                except DosenoteError as error:
                    self.notes.reasons.append(error.what)
        self.pieces = rest

    def _names(self, roles: set[str]) -> list[Piece]:
        """The names of what is taken; conditions, foods and lab values are taken out on the way."""
        if "open" in roles:
            self.pieces = without_again(self.text, self.pieces, self.vocabulary)
        names = self.named = [piece for piece in self.pieces if piece.role == "name"]
        if len(names) == 1 and names[0].value.kind in _TAKEN and roles.isdisjoint(_MORE):
            return names  # as in nearly every line
        rest: list[Piece] = []
        used: list[Piece] = []
        apart: list[int] = []  # where foods and lab values were
        for number, piece in enumerate(self.pieces):
            if used and piece in used:
                continue
            if piece.role != "name":
                rest.append(piece)
                if piece.role in _IMPLYING:
                    self._note_condition(piece)
                continue
            kind, after = piece.value.kind, self.pieces[number + 1 :]
            if kind == "condition":
                rest = rest[:-1] if rest and rest[-1].role in _FOR_WHAT else rest
                self._note_condition(piece)
                used += [one for one in after[:1] if is_when(one)]  # "a stroke in 2018"
            elif kind == "food":
                self.foods.append(piece.value.id)
                apart += () if is_with_food(self.text, piece) else (piece.start,)
                if rest and is_of_food(rest[-1]):
                    rest.pop()  # "2 eggs", "3 glasses of milk": how many of the food
            elif entry := piece.value if kind == "lab" else measured(piece.value, after, self.vocabulary):
                place = len(rest) - 1
                while place > 0 and rest[place].role in ("comma", "open"):
                    place -= 1
                if place == 0 and rest[0].role == "name" and rest[0].value.id in entry.measures:
                    del rest[place:]  # "Vitamin D, 25-hydroxy: 18.5 ng/mL"
                used += self._note_lab(entry, number, next((one for one in reversed(rest) if one.value != "-"), None))
                apart.append(piece.start)
            elif kind == "supplement" and is_level(piece.value, after, self.vocabulary):
                used.append(after[0])  # a blood level that no lab of ours is about, or a misprint
                self.doubted += (piece.value.id,)
            elif is_element(rest, piece, after[:1]):
                rest[-1] = rest[-1]._replace(role="element", end=piece.end)
            elif says_element(rest, piece, after[:2]):
                rest.append(after[0]._replace(role="element", start=piece.start))
                used.append(after[0])
            elif not joins(rest, piece, after, self.vocabulary):
                rest.append(piece)
        self.pieces = rest
        if apart:
            self._of_what(apart)
        if self.labs:
            rest = [piece for piece in rest if piece.role != "goal"]  # "38 nmol/L - insufficient"
        only_said = self.foods or self.conditions or self.labs
        if only_said and not any(piece.role == "name" for piece in rest):
            harmless = {"chatter", "schedule", "time", "meal", "food", "fasting", "every", "period", "newness", "date"}
            if self.conditions and re.search(_VISIT, self.text):
                self.notes.reasons.append("it may be a test or a visit, and no diagnosis")
            if not self.conditions and not self.labs:  # "pills for my heart": the pills have no name yet
                harmless |= {"count", "form", "reading", "amount", "quantity", "unclear"}
            self.pieces = [piece for piece in rest if piece.role not in harmless]
        return [piece for piece in self.pieces if piece.role == "name"]

    def _note_condition(self, piece: Piece) -> None:
        self.conditions.append(piece.value.id)
        self.conditional.append(piece._replace(role="complaint"))

    def _of_what(self, apart: list[int]) -> None:
        """Ask where how often or how many follows a food or a lab value, and nothing that is taken stands between."""
        names = [piece.start for piece in self.pieces if piece.role == "name"]
        for piece in self.pieces:
            before = max((one for one in apart if one < piece.start), default=-1)
            if names and piece.role in _HOW_OFTEN and before > max((n for n in names if n < piece.start), default=-1):
                self.notes.reasons.append("it is not clear of what it says how often")
                return

    def _note_lab(self, entry: Entry, number: int, before: Piece | None) -> list[Piece]:
        """Note the value that follows the name of a lab test, or why there is none; the pieces that belong to it."""
        is_for_it = any(piece.role == "single" for piece in self.pieces)  # "vitamin K 5 mg stat for INR 8.6"
        found = value_of(entry, self.pieces[number + 1 :], None if is_for_it else before)
        doubt = doubt_of(self.text, self.pieces[number], found, self.vocabulary)
        if found.value is None or doubt:
            self.doubted += (entry.id,)  # there may be a value
            self.notes.reasons += [doubt] if doubt and found.value is not None else []
            self.notes.reasons += [found.problem] if found.problem else []
            return found.pieces
        told = day_of(self.text, self.pieces, number, found.pieces)
        self.labs.append(Lab(entry.id, found.value, self.text.strip(), told.day, found.comparator))
        self.notes.reasons += [told.problem] if told.problem else []
        return found.pieces if told.piece is None else [*found.pieces, told.piece]
