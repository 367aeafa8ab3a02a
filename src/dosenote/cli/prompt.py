"""The prompt: one item a line, the questions that matter, the notes."""

from __future__ import annotations

from dosenote.cli.common import echo, height, is_colored, width
from dosenote.cli.dialogue import Back, Edit, Place, Quit
from dosenote.cli.entry import Entry
from dosenote.interview.asks import Ask, Effect, effects, remaining, understand
from dosenote.interview.parts import first_part
from dosenote.interview.session import Answer
from dosenote.reader import Reader
from dosenote.render.outline import ACTION_WORDS
from dosenote.render.text import render as as_text
from dosenote.report import Report, build_report
from dosenote.report.model import OPEN
from dosenote.report.reasons import reasons
from dosenote.rule import Action
from dosenote.rule import Answer as OutcomeWord
from dosenote.ruleset import RuleSet

#: What an answer does to a note, by what then becomes of its rule.
_DOES: dict[OutcomeWord, str] = {
    "raised": "shows it", "not-raised": "leaves it out", "cannot-tell": "leaves it to other answers",
}  # fmt: skip
#: What became of a rule, in the order in which it is told.
_BECAME: dict[OutcomeWord, str] = {
    "raised": "FOUND, AND WHY", "cannot-tell": "LEFT OPEN: WHAT IS NOT KNOWN", "not-raised": "NOT FOUND, AND WHY",
}  # fmt: skip
#: Said where a list is longer than the screen.
_GOES_ON = "The list then goes on."
#: A shorter answer is not put there again to be changed.
_WORTH_KEEPING = 8


class Prompt(Entry):
    """One conversation, from the first item to the notes."""

    def __init__(self, ruleset: RuleSet, reader: Reader, jurisdiction: str, is_kept: bool) -> None:
        super().__init__(ruleset, reader, jurisdiction, is_kept)
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
        finally:
            self.kept.release()

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
                    self.enter()
                    is_entering, counted = False, False
                asks = self.asks()
                if not counted:
                    self._say_how_many(len(asks))
                    counted = True
                if not asks:
                    return self._end()
                self._put(asks[0], len(asks))
            except Back:
                is_entering = not self._go_back()
            except Edit as edit:
                self.edit(edit.number)

    def _go_back(self) -> bool:
        """Take back the last answer that is still asked for; False when there is none, and the items come next."""
        return any(self.again(answer) for answer in reversed(self.answers()))

    # --- questions

    def _say_how_many(self, count: int) -> None:
        self.say()
        if count:
            things = "1 question" if count == 1 else f"{count} questions"
            self.say(
                f"{things} could change the result, as far as can be told now. Others would change nothing of weight, "
                "so they are not asked.",
                0,
            )
        else:
            self.say("Nothing that can be asked would change a finding of weight, so nothing is.", 0)

    def _put(self, ask: Ask, left: int) -> None:
        if ask.topic.startswith("line "):
            text = ask.topic.removeprefix("line ")
            self.settle([text])
            if text in self.session.texts() and self.session.answer(ask.topic) is None:
                self.session = self.session.with_answer(Answer(ask.topic, ""))  # there is no more to be had from it
            return
        self.asked += 1
        more = f" ({left - 1} more so far)" if left > 1 else ""  # an answer may bring up others, or settle some
        rest = self._put_part(ask, f"Question {self.asked}{more}: ")
        while rest is not None:
            rest = self._put_part(rest, f"Question {self.asked}, continued: ")

    def _put_part(self, ask: Ask, label: str) -> Ask | None:
        """Ask as much of a question as the screen holds; the rest of it, where there is one."""
        hint = ask.hint or "Type the numbers, or names; or none; or not sure."
        part = self._that_fits(ask, label, hint)
        is_whole = part is ask
        self.say()
        self.say(part.text, 0, 2, label)
        if not part.is_yes_no and part.topic != "age":
            for number, choice in enumerate(part.choices, 1):
                self.say(choice.label, 2, 4, f"{number:>2}. ")
        self.say(hint if is_whole else f"{hint} {_GOES_ON}")
        place = Place(lambda: self._why(part))
        text, self.first = (self.first.said if self.first.topic == ask.topic else ""), Answer("", "")
        if len(text) < _WORTH_KEEPING or not is_whole or isinstance(understand(ask, text, self.reader), str):
            text = ""  # a short answer is typed anew, and after coming back the list may be another
        shown = part
        while True:
            said = self.read("  > ", place, text)
            answer = (
                Answer(ask.topic, "", covers=shown.covers) if said is None else understand(shown, said, self.reader)
            )
            text = ""
            if isinstance(answer, str):
                self.say(answer)
                continue
            before = self.session
            # the parts of a list are one question, which the last of them counts
            self.session = self.session.with_answer(answer if is_whole else answer._replace(rounds=0))
            if not self.is_consistent():
                self.session = before
                continue
            self.say(self.told(answer), hang=2, label="Noted: ")
            self.keep_entry()
            again = next((other for other in self.asks() if other.topic == ask.topic), None)
            if again is None:
                return None
            if answer.rounds:
                return None if is_whole else again
            shown = remaining(shown, again)
            if not is_whole:  # the others of these are not asked for yet
                shown = shown._replace(covers=tuple(fact for fact in shown.covers if fact in part.covers))
            self.say("Any others? Numbers as above, names, none, or not sure.")

    def _that_fits(self, ask: Ask, label: str, hint: str) -> Ask:
        """As much of a list as the screen holds with what stands around it."""
        lines = self.terminal.lines
        around = 2 + lines(ask.text, 0, 2, label) + lines(f"{hint} {_GOES_ON}")
        return first_part(ask, height() - around, lambda number, choice: lines(choice.label, 2, 4, f"{number:>2}. "))

    def _why(self, ask: Ask) -> None:
        found = effects(ask, self.session, self.reader, self.ruleset, self.jurisdiction)
        if not found:
            self.say("Your answer decides whether these notes could be shown:")
            self.say_rules(ask)
            return
        self.say("What a yes or a no does to the gravest note that it could change:")
        alike: dict[Effect, list[int]] = {}  # a class and its members do the same
        for effect in found:
            alike.setdefault(effect._replace(number=0), []).append(effect.number)
        for effect, numbers in alike.items():
            self.say(
                f"{ACTION_WORDS[effect.action]}: {effect.title}. Yes {_DOES[effect.yes]}; no {_DOES[effect.no]}.",
                hang=4,
                label="" if ask.is_yes_no else f"{', '.join(map(str, numbers)):>2}. ",
            )

    def _why_all(self) -> None:
        """Say of every rule why it is shown, is not, or is left open."""
        found = reasons(self.regimen(), self.ruleset, self.jurisdiction)
        for outcome, heading in _BECAME.items():
            ended = [one for one in found if one.outcome == outcome]
            if ended:
                self.say()
                self.say(f"{heading} ({len(ended)})", 0)
            for one in ended:
                self.say(f"{one.title}.", hang=2, label=f"{ACTION_WORDS[one.action]}: ")
                self.say(one.words, 4, 2)

    # --- the end

    def _end(self) -> Report:
        report = build_report(self.regimen(), self.ruleset, self.jurisdiction)
        echo("\n" + as_text(report, width(), is_colored(None)))
        self.say()
        self.say(
            "Type :page FILE for a page to take with you (as in :page visit.html), :save FILE to keep this list, "
            ":edit N or :back to change it, :why for every rule.",
            0,
        )
        self.say("Enter ends.", 0)
        place = Place(self._why_all, False)
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
