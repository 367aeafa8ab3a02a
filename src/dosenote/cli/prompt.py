"""The prompt: one item a line, the questions that matter, the notes."""

from __future__ import annotations

from dosenote.cli.common import echo, is_colored, width
from dosenote.cli.dialogue import Back, Dialogue, Edit, Place, Quit
from dosenote.errors import DosenoteError
from dosenote.facts import item_amounts
from dosenote.interview.asks import Ask, asks_for, effects, is_unsure, line_topic, remaining, understand
from dosenote.interview.entering import LineAsk, Revised, line_ask, revise
from dosenote.interview.session import Answer
from dosenote.reader import Reader
from dosenote.regimen import Reading
from dosenote.render.text import ACTION_WORDS, OUTCOME_WORDS
from dosenote.render.text import render as as_text
from dosenote.report import Report, build_report
from dosenote.report.model import OPEN
from dosenote.report.words import item_words, noted_words
from dosenote.rule import Action
from dosenote.ruleset import RuleSet

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_AGAIN = "Type it, or the whole line again; or not sure."
#: What may be typed where nothing is offered to choose from.
_HINTS = {
    "slip": "Type the line again as the label has it.",
    "name": "Type what its label says is in it, or another name. Enter leaves it as not recognised.",
    "form": _AGAIN, "product": _AGAIN, "holds": _AGAIN, "amount": _AGAIN, "frequency": _AGAIN, "other": _AGAIN,
}  # fmt: skip
#: A shorter answer is not put there again to be changed.
_WORTH_KEEPING = 8
#: Words of an option that are too short to mean it.
_SHORTEST = 3


class Prompt(Dialogue):
    """One conversation, from the first item to the notes."""

    def __init__(self, ruleset: RuleSet, reader: Reader, jurisdiction: str, is_kept: bool) -> None:
        super().__init__(ruleset, reader, is_kept)
        self.jurisdiction = jurisdiction
        self.first = Answer("", "")  # the answer that is to be given again
        self.asked = 0

    def run(self, fail_on: Action) -> int:
        """The whole conversation; the exit code of the report."""
        try:
            return self._talk().exit_code(fail_on)
        except (Quit, EOFError):
            self.say()
            self.update_saved()
            self.say_kept()
            return OPEN
        except KeyboardInterrupt:
            self.say()
            self.say_kept()
            raise

    def _talk(self) -> Report:
        self.say("Vitamin D3, vitamin K2, calcium and medicines: notes to talk over with a doctor or pharmacist.", 0)
        self.say("It runs on this computer only. Nothing is sent.", 0)
        self.say("At any question: :back :edit N :list :unknown :why :save FILE :help :quit", 0)
        if self.is_kept:
            self.begin_keeping()
        is_entering, counted = True, False
        while True:
            try:
                if is_entering:
                    self._enter()
                    is_entering, counted = False, False
                asks = self._asks()
                if not counted:
                    self._say_how_many(len(asks))
                    counted = True
                if not asks:
                    return self._end()
                self._put(asks[0], len(asks))
            except Back:
                is_entering = not self._go_back()
            except Edit as edit:
                self._edit(edit.number)

    def _go_back(self) -> bool:
        """Take back the last answer that is still asked for; False when there is none, and the items come next."""
        return any(self._again(answer) for answer in reversed(self.answers()))

    def _again(self, answer: Answer) -> bool:
        """Ask again what was answered; False, and the answer stays, where it is not asked for any more."""
        before = self.session
        self.session = self.session.without_answer(answer.topic)
        if all(ask.topic != answer.topic for ask in self._asks()):
            self.session = before
            return False
        self.first = answer
        self.keep_entry()
        return True

    def _edit(self, number: int) -> None:
        place = Place(lambda: self.say("You asked to change this line."), has_answer=False)
        items = len(self.session.items)
        if number > items:
            if not self._again(self.answers()[number - items - 1]):
                self.say("That changes nothing now, so it is not asked again.")
            return
        try:
            said = self.read(f"{number:>2}> ", place, self.session.texts()[number - 1])
        except Back:
            return
        except Edit as other:
            self._edit(other.number)
            return
        before = self.session
        lines = (said.strip(),) if said and said.strip() else ()
        self.session = self.session.with_lines(number - 1, lines)
        for line in lines:
            self.session = self.session.without_answer(line_topic(line))  # what was left open is asked again
        if not self._is_consistent():
            self.session = before
        elif lines:
            self._settle(list(lines))
        else:
            self.say("Taken off the list.")
        self.keep_entry()

    # --- items

    def _enter(self) -> None:
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
                self._edit(edit.number)
                continue
            text = ""
            for line in said.splitlines():
                pending += self._add(line.strip())
            if self.terminal.is_waiting():
                continue
            if pending:
                self._settle(pending)
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

    def _add(self, line: str) -> list[str]:
        """Note one line; the line itself, to be settled, or nothing when it contradicts another."""
        if not line:
            return []
        before = self.session
        self.session = self.session.with_item(line)
        if not self._is_consistent():
            self.session = before
            return []
        self.keep_entry()
        return [line]

    def _is_consistent(self) -> bool:
        """Whether everything said can be true together; else it is said what cannot."""
        try:
            self.regimen().whole_person  # noqa: B018 - raises for two ages
        except DosenoteError as error:
            self.terminal.say_error(error)
            return False
        return True

    def _settle(self, pending: list[str]) -> None:
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
            is_open = any(ask.topic == line_topic(text) for ask in self._asks())
            ask = line_ask(reading, self.reader, is_open)
            if ask is None or self.session.answer(line_topic(text)) is not None:
                continue
            try:
                lines, others = self._ask_line(ask, reading, text)
            except Back:
                self._edit(self.session.texts().index(text) + 1)
                continue
            except Edit as edit:
                self._edit(edit.number)
                waiting.insert(0, text)
                continue
            number = self.session.texts().index(text)
            before = self.session
            offered = {option.line for option in ask.options}
            is_label = ask.kind == "name" and text not in lines and offered.isdisjoint(lines)
            self.session = self.session.with_lines(number, lines, text if is_label else None)
            if not self._is_consistent():
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
            said = self.read("    > ", place)
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
            revised = revise(reading, said, self.reader, ask.kind) if said else None
            if revised is None and said and self.terminal.is_waiting():
                revised = Revised((text,), (said,))  # in the middle of a paste it is the next line
            if revised is None:
                self.say("I could not use that, and it is not on your list. Type it in other words, or not sure.", 4, 2)
                continue
            if revised.others:
                self.say("That is another item. Noted.", 4)
            if ask.kind == "holds" and revised.others:
                self.session = self.session.with_answer(Answer(line_topic(text), said))
            return revised.lines, revised.others

    def _why_line(self, text: str) -> None:
        asks = [ask for ask in self._asks() if ask.topic == line_topic(text)]
        if not asks:
            self.say("It decides whether this line can be used at all.", 4)
        else:
            self.say("Your answer decides whether these could be shown:", 4)
        for ask in asks:
            self._say_rules(ask)

    # --- questions

    def _asks(self) -> list[Ask]:
        """What is left to ask; the one that is to be asked again comes first."""
        asks = asks_for(self.session, self.regimen(), self.ruleset, self.jurisdiction)
        return sorted(asks, key=lambda ask: ask.topic != self.first.topic)

    def _say_how_many(self, count: int) -> None:
        self.say()
        if count:
            things = "1 question" if count == 1 else f"{count} questions"
            self.say(
                f"{things} could change the result. Others would change nothing of weight, so they are not asked.", 0
            )
        else:
            self.say("Nothing that can be asked would change a finding of weight, so nothing is.", 0)

    def _put(self, ask: Ask, left: int) -> None:
        if ask.topic.startswith("line "):
            text = ask.topic.removeprefix("line ")
            self._settle([text])
            if text in self.session.texts() and self.session.answer(ask.topic) is None:
                self.session = self.session.with_answer(Answer(ask.topic, ""))  # there is no more to be had from it
            return
        self.asked += 1
        self.say()
        self.say(
            ask.text, 0, 2, f"Question {self.asked} (at most {left} left): " if left > 1 else f"Question {self.asked}: "
        )
        if not ask.is_yes_no and ask.topic != "age":
            for number, choice in enumerate(ask.choices, 1):
                self.say(choice.label, hang=4, label=f"{number:>2}. ")
        self.say(ask.hint or "Type the numbers, or names; or none; or not sure.")
        place = Place(lambda: self._why(ask))
        text, self.first = (self.first.said if self.first.topic == ask.topic else ""), Answer("", "")
        if len(text) < _WORTH_KEEPING or isinstance(understand(ask, text, self.reader), str):
            text = ""  # a short answer is typed anew, and after coming back the list may be another
        while True:
            said = self.read("  > ", place, text)
            answer = Answer(ask.topic, "", covers=ask.covers) if said is None else understand(ask, said, self.reader)
            text = ""
            if isinstance(answer, str):
                self.say(answer)
                continue
            before = self.session
            self.session = self.session.with_answer(answer)
            if not self._is_consistent():
                self.session = before
                continue
            self.say(self.told(answer), hang=2, label="Noted: ")
            self.keep_entry()
            again = next((other for other in self._asks() if other.topic == ask.topic), None)
            if answer.rounds or again is None:
                return
            ask = remaining(ask, again)
            self.say("Any others? Numbers as above, names, none, or not sure.")

    def _why(self, ask: Ask) -> None:
        found = effects(ask, self.session, self.reader, self.ruleset, self.jurisdiction)
        for effect in found:
            finding = f"{ACTION_WORDS[effect.action]}, {effect.title}"
            self.say(
                f"{finding}: {OUTCOME_WORDS[effect.yes]}; if not, {OUTCOME_WORDS[effect.no]}.",
                hang=4,
                label=f"{effect.number:>2}. If yes, ",
            )
        if not found:
            self._say_rules(ask)

    def _say_rules(self, ask: Ask) -> None:
        for id in ask.could_change:
            rule = self.ruleset.rule(id)
            self.say(f"{ACTION_WORDS[rule.action]}: {rule.title}", 4, 2)

    # --- the end

    def _end(self) -> Report:
        report = build_report(self.regimen(), self.ruleset, self.jurisdiction)
        echo("\n" + as_text(report, width(), is_colored(None)))
        self.say()
        self.say(
            "Type :save FILE to keep this list, :edit N or :back to change it, :why for every rule. Enter ends.", 0
        )
        place = Place(lambda: echo(as_text(build_report(self.regimen(), self.ruleset, self.jurisdiction, True))), False)
        try:
            while self.read("  > ", place):
                self.say("Enter ends. :help shows what else can be done.")
        except EOFError:
            self.say()
        self.update_saved()
        if self.is_kept:
            self.kept.forget()
        self.say(report.next_step, 0, 2, "NEXT: ")
        return report


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
