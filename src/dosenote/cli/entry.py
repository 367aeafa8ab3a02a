"""The list: entering and changing lines, how each was read, and what it lacks."""

from __future__ import annotations

from dosenote.cli.dialogue import Back, Dialogue, Edit, Place
from dosenote.dosing import item_amounts
from dosenote.errors import DosenoteError
from dosenote.interview.asks import Ask, asks_for, is_none, is_unsure, line_topic
from dosenote.interview.entering import LineAsk, line_ask
from dosenote.interview.revising import Revised, label_lines, one_each, revise
from dosenote.interview.session import Answer
from dosenote.laboratory import disagreements
from dosenote.reader import Reader
from dosenote.regimen import Reading
from dosenote.render.outline import ACTION_WORDS
from dosenote.report.words import item_words, noted_words
from dosenote.ruleset import RuleSet

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_AGAIN = "Type it, or the whole line again; or not sure."
#: What may be typed where nothing is offered to choose from.
_HINTS = {
    "slip": "Type the line again as the label has it.",
    "name": "Type what its label says is in it, or another name. Enter leaves it as not recognised.",
    "form": _AGAIN, "product": _AGAIN, "holds": _AGAIN, "amount": _AGAIN, "frequency": _AGAIN,
    "which": "Type its name; or not sure.", "other": _AGAIN,
}  # fmt: skip
#: Words of an option that are too short to mean it.
_SHORTEST = 3


class Entry(Dialogue):
    """A dialogue about a list of what is taken, up to the questions."""

    def __init__(self, ruleset: RuleSet, reader: Reader, jurisdiction: str, is_kept: bool) -> None:
        super().__init__(ruleset, reader, jurisdiction, is_kept)
        self.first = Answer("", "")  # the answer that is to be given again

    def enter(self) -> None:
        """Ask for one item after the other, until an empty line.

        Raises Quit, and EOFError at the end of the input.
        """
        self.say()
        self.say("What do you take? One item a line, as the label says. An empty line ends the list.", 0)
        place = Place(lambda: self.say("Every note depends on what you take, how much, and how often."), False)
        pending: list[str] = []
        text = ""
        while True:
            try:
                said = self.read(f"{len(self.session.items) + 1:>2}> ", place, text) or ""
            except Back:
                text = self._take_back()
                continue
            except Edit as edit:
                self.edit(edit.number)
                continue
            text = ""
            for line in said.splitlines():
                pending += self._add(line.strip())
            if self.terminal.is_waiting():
                continue
            if pending:
                self.settle(pending)
                pending = []
            if not said.strip() and self.session.items:
                return
            if not said.strip():
                self.say("Type at least one item, as in: Vitamin D3 1000 IU daily. Or :quit")

    def _take_back(self) -> str:
        """The last item, taken off the list to be typed again."""
        if not self.session.items:
            self.say("This is the beginning.")
            return ""
        text = self.session.texts()[-1]
        self.session = self.session.with_lines(len(self.session.items) - 1, ())
        self.keep_entry()
        return text

    def edit(self, number: int) -> None:
        """Change, or take off, the line or the answer of that number.

        Raises Quit, and EOFError at the end of the input.
        """
        place = Place(lambda: self.say("You asked to change this line."), has_answer=False)
        items = len(self.session.items)
        if number > items:
            if not self.again(self.answers()[number - items - 1]):
                self.say("That changes nothing now, so it is not asked again.")
            return
        try:
            said = self.read(f"{number:>2}> ", place, self.session.texts()[number - 1])
        except Back:
            return
        except Edit as other:
            self.edit(other.number)
            return
        before = self.session
        lines = (said.strip(),) if said and said.strip() else ()
        self.session = self.session.with_lines(number - 1, lines)
        for line in lines:
            self.session = self.session.without_answer(line_topic(line))  # what was left open is asked again
        if not self.is_consistent():
            self.session = before
        elif lines:
            self.settle(list(lines))
        else:
            self.say("Taken off the list.")
        self.keep_entry()

    def again(self, answer: Answer) -> bool:
        """Ask again what was answered; False, and the answer stays, where it is not asked for any more."""
        before = self.session
        self.session = self.session.without_answer(answer.topic)
        if all(ask.topic != answer.topic for ask in self.asks()):
            self.session = before
            return False
        self.first = answer
        self.keep_entry()
        return True

    def asks(self) -> list[Ask]:
        """What is left to ask; the one that is to be asked again comes first."""
        asks = asks_for(self.session, self.regimen(), self.ruleset, self.jurisdiction)
        return sorted(asks, key=lambda ask: ask.topic != self.first.topic)

    def _add(self, line: str) -> list[str]:
        """Note one line; the line itself, to be settled, or nothing when it contradicts another."""
        if not line:
            return []
        before = self.session
        self.session = self.session.with_item(line)
        if not self.is_consistent():
            self.session = before
            return []
        self.keep_entry()
        return [line]

    def is_consistent(self) -> bool:
        """Whether everything said can be true together; else it is said what cannot."""
        try:
            self.regimen().whole_person  # noqa: B018 - raises for two ages
        except DosenoteError as error:
            self.terminal.say_error(error)
            return False
        return True

    def settle(self, pending: list[str]) -> None:
        """Say how lines were read, and ask what they lack, one after the other.

        By their text: numbers change while lines are taken off, or turn into several.
        """
        waiting = list(pending)
        while waiting:
            text = waiting.pop(0)
            if text not in self.session.texts():
                continue
            reading = self.reader.read(text)
            self._echo(reading)
            is_open = any(ask.topic == line_topic(text) for ask in self.asks())
            ask = line_ask(reading, self.reader, is_open)
            if ask is None or self.session.answer(line_topic(text)) is not None:
                continue
            try:
                lines, others = self._ask_line(ask, reading, text)
            except Back:
                self.edit(self.session.texts().index(text) + 1)
                continue
            except Edit as edit:
                self.edit(edit.number)
                waiting.insert(0, text)
                continue
            number = self.session.texts().index(text)
            before = self.session
            offered = {option.line for option in ask.options}
            is_label = ask.kind in ("name", "holds") and text not in lines and offered.isdisjoint(lines)
            self.session = self.session.with_lines(number, lines, text if is_label else None)
            if not self.is_consistent():
                self.session = before
                waiting.insert(0, text)
                continue
            added = [line for other in others for line in self._add(other)]
            if lines != (text,) or added:
                waiting = [*lines, *added, *waiting]
            self.keep_entry()

    def _echo(self, reading: Reading) -> None:
        vocabulary = self.ruleset.vocabulary
        if reading.outcome == "refuse":
            return
        for item in reading.items:
            entry = vocabulary[item.substance]
            self.say(item_words(item, item_amounts(item, entry)[0], entry), 4, 2, "I read: ")
            if entry.kind == "medicine" and reading.missing:
                self.say("How much of it is not needed here.", 4)
        for words in noted_words(reading, vocabulary):
            self.say(words, 4, 2, "Noted: ")
        for one in disagreements(self.regimen().all_labs, vocabulary) if reading.labs else ():
            if any(lab.id == one.test.id for lab in reading.labs):
                self.say(f"{one.title}: {one.told} Type :edit and the number of a line to put it right.", 4, 2)
        for words in reading.assumed:
            self.say(words, 4, 2, "Read as: ")
        if reading.items and reading.unread:
            self.say(", ".join(f'"{piece}"' for piece in reading.unread), 4, 2, "Not understood: ")
        if reading.outcome == "ignore" and reading.is_empty:
            self.say(f"Nothing is noted from it: {reading.reason}.", 4, 2)

    def _ask_line(self, ask: LineAsk, reading: Reading, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines that an answer puts in the place of one, and lines about something else."""
        place = Place(lambda: self._why_line(text))
        while True:
            self.say(ask.text, 4, 2)
            for letter, option in zip(_LETTERS, ask.options, strict=False):
                self.say(option.label, 6, 4, f"[{letter}] ")
            letter = (
                "Type a letter, another name, or not sure."
                if ask.kind == "name"
                else "Type a letter, or the line again."
            )
            self.say(letter if ask.options else _HINTS[ask.kind], 4, 2)
            said = self._answered(ask, place)
            parts = one_each(reading, self.reader) if said is not None and is_unsure(said) else ()
            unsure = next((part for part in parts if self.reader.read(part).missing), None)
            if unsure is not None:  # of D3 + K2 the amount of the one: what the other lacks is asked all the same
                self.session = self.session.with_answer(Answer(line_topic(unsure), ""))
                self.say("Left open.", 4)
                return parts, ()
            if said is None or is_unsure(said) or (ask.kind == "name" and not ask.options and not said.strip()):
                self.session = self.session.with_answer(Answer(line_topic(text), ""))
                self.say("Left as not recognised: it cannot be checked." if ask.kind == "name" else "Left open.", 4)
                return (text,), ()
            said = said.strip()
            chosen = _chosen(said, ask)
            if chosen is not None:
                if chosen == text:
                    self.session = self.session.with_answer(Answer(line_topic(text), said))
                return (chosen,), ()
            revised = revise(reading, said, self.reader, ask.kind)
            is_named = ask.kind == "name" and revised is not None and text not in revised.lines[0]
            is_label = ask.kind == "holds" or is_named
            listed = label_lines(said, reading, self.reader) if is_label else ()
            if listed and not self.terminal.is_waiting():
                return self._rest_of_label(text, reading, listed, place)
            if revised is None and self.terminal.is_waiting():
                revised = Revised((text,), (said,))  # in the middle of a paste it is the next line
            if revised is None:
                self.say(self._not_used(reading, said, ask.kind), 4, 2)
                continue
            if revised.others:
                self.say("That is another item. Noted.", 4)
            return revised.lines, revised.others

    def _answered(self, ask: LineAsk, place: Place) -> str | None:
        """What was typed, None for ":unknown"; an empty line only where it leaves a name unknown."""
        while True:
            said = self.read("    > ", place)
            if said is None or said.strip() or (ask.kind == "name" and not ask.options):
                return said
            self.say("Type an answer; not sure leaves it open.", 4, 2)

    def _not_used(self, reading: Reading, said: str, kind: str) -> str:
        """Why an answer says nothing to a line, and what would: of "45 mcg" it is not clear whether it is D3 or K2."""
        lacking = [self.ruleset.vocabulary[item.substance].label for item in reading.items if item.amount is None]
        if kind == "amount" and lacking and any(map(str.isdigit, said)):
            unit = "and the unit, as the label has it"
            return f'Of what is that, and in which unit? Type "{lacking[0]}", the number {unit}; or not sure.'
        return "I could not use that, and it is not on your list. Type it in other words, or not sure."

    def _rest_of_label(
        self, text: str, reading: Reading, listed: tuple[str, ...], place: Place
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ask on until the label lists no more; where that is not known, the product stays beside it, unknown."""
        while True:
            self.say("What else does its label list? Type it; or no, or not sure.", 4, 2)
            said = self.read("    > ", place)
            if said is None or is_unsure(said):
                self.session = self.session.with_answer(Answer(line_topic(text), ""))
                self.say("Left open.", 4)
                return (text,), listed
            if is_none(said):
                return listed, ()
            more = label_lines(said, reading, self.reader)
            if not more:
                self.say("I could not use that. Type a vitamin or mineral and its amount; or no, or not sure.", 4, 2)
            listed += more

    def _why_line(self, text: str) -> None:
        asks = [ask for ask in self.asks() if ask.topic == line_topic(text)]
        if not asks:
            self.say("It decides whether this line can be used at all.", 4)
        else:
            self.say("Your answer decides whether these could be shown:", 4)
        for ask in asks:
            self.say_rules(ask)

    def say_rules(self, ask: Ask) -> None:
        """Say which rules the answer could change, and what they ask of the person."""
        for id in ask.could_change:
            rule = self.ruleset.rule(id)
            self.say(f"{ACTION_WORDS[rule.action]}: {rule.title}", 4, 2)


def _chosen(said: str, ask: LineAsk) -> str | None:
    """The line of the option that was meant: by its letter or number; where no amount is in doubt, by its words, too,
    or by "yes" where it is the only one.
    """
    plain = said.casefold().strip("[]().")
    letters = _LETTERS[: len(ask.options)]
    if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= len(letters):
        return ask.options[int(plain) - 1].line
    if len(plain) == 1 and plain in letters:
        return ask.options[letters.index(plain)].line
    if ask.kind == "slip":
        return None  # an amount typed again is not "I checked the label"
    if plain in ("yes", "y") and len(letters) == 1:
        return ask.options[0].line
    named = [option for option in ask.options if len(plain) >= _SHORTEST and plain in option.label.casefold()]
    return named[0].line if len(named) == 1 else None
