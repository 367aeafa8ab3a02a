"""What holds at every question: the commands, the list of what was entered, and keeping it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dosenote.cli.common import on_day, today
from dosenote.cli.keeping import HEADER, Kept, moment_words, write_whole
from dosenote.cli.terminal import Terminal, names_of
from dosenote.documents import read_text
from dosenote.errors import DosenoteError, nearest
from dosenote.files import DatedLine, read_file, regimen_of, regimen_toml
from dosenote.interview.asks import is_none
from dosenote.interview.session import Answer, Session, in_short, session_of, with_meal
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.ruleset import RuleSet

COMMANDS = {
    "back": "go back to the last answer",
    "edit N": "change line N of :list",
    "list": "show everything entered so far",
    "unknown": "leave this open",
    "why": "why this is asked, and what an answer would change",
    "save FILE": "save what was entered to a file of yours",
    "page FILE": "make the page for your visit, as in :page visit.html",
    "help": "show this",
    "quit": "stop; what was entered is kept for next time",
}

_SINCE = {
    True: "new",
    False: "for a year or longer",
    None: "between a month and a year, so neither new nor for long: ask whether it still matters",
}
_NOT_KEPT = "Nothing of this is kept, but for what you save with :save FILE."


class Back(Exception):
    """To the answer before."""


class Quit(Exception):
    """Away, with what was entered kept."""


class Edit(Exception):
    """To one line of the list."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Place(NamedTuple):
    """Where the person is. why: says why this is asked; has_answer: whether ":unknown" means something here."""

    why: Callable[[], None]
    has_answer: bool = True


class Dialogue:
    """What was entered so far, and a terminal. is_kept: whether what is entered survives a closed terminal."""

    def __init__(self, ruleset: RuleSet, reader: Reader, jurisdiction: str, is_kept: bool) -> None:
        self.ruleset = ruleset
        self.jurisdiction = jurisdiction
        self.reader = reader
        self.is_kept = is_kept
        self.kept = Kept()
        self.terminal = Terminal(lambda: names_of(ruleset))
        self.say = self.terminal.say
        self.session = Session()
        self.saved: Path | None = None  # a file of the person's own, and what is in it
        self.saved_session = Session()

    def regimen(self) -> Regimen:
        """What was entered so far, read, for today."""
        return on_day(regimen_of(self.session.file(self.reader), self.reader))

    def begin_keeping(self) -> None:
        """Say where what is entered is kept, and offer what was kept before."""
        try:
            self.is_kept = self.kept.take()
        except DosenoteError as error:
            self.terminal.say_error(error)
            self.is_kept = False
            self.say(_NOT_KEPT, 0)
            return
        if not self.is_kept:
            self._say_locked()
            return
        self.say(f"Kept until you are done in {self.kept.path}, for you only (--no-save keeps nothing).", 0)
        try:
            self._resume()
        except DosenoteError as error:
            self.terminal.say_error(error)
            self.is_kept = False
            self.say(_NOT_KEPT, 0)

    def _say_locked(self) -> None:
        """That another prompt keeps its entry where this one would, which, and what can be done."""
        holder = self.kept.holder()
        which = f" ({holder})" if holder else ""
        self.say(
            f"Another prompt is open{which}. It keeps its entry in {self.kept.path}, where there is room for one.", 0
        )
        self.say("To go on with that entry: type :quit there, which keeps it, and start dosenote again.")
        self.say(f"To make another list: go on here. {_NOT_KEPT}")

    def _resume(self) -> None:
        path = self.kept.path
        if not path.is_file():
            return
        try:
            file = read_file(read_text(path), str(path))
            session = session_of(file) if file is not None else Session()
            regimen_of(session.file(self.reader), self.reader).whole_person  # noqa: B018 - raises for two ages
        except DosenoteError as error:
            self.terminal.say_error(error)
            self.say(f"An earlier entry could not be read. It is in {self.kept.set_aside()} now.", 0)
            return
        when = moment_words(path.stat().st_mtime)
        self.say()
        self.say(f"You did not finish an entry ({when}): {len(session.items)} items.", 0)
        while True:
            said = self.terminal.read("  Go on with it? [y]es, or [n]o to delete it: ").strip().casefold()
            if said.startswith("y") or said in ("sure", "ok", "okay"):
                self.session = session
                self.list_entries()
                return
            if said == "n" or said.startswith("no"):
                self.kept.forget()
                return
            if said == ":quit":
                raise Quit
            self.say("Type yes or no, or :quit to leave it for later.")

    def keep_entry(self) -> None:
        """Keep what was entered so far; where that cannot be done it is said once, and the entry goes on."""
        if not self.is_kept:
            return
        try:
            self.kept.write(HEADER + regimen_toml(self.session.file(self.reader)))
        except DosenoteError as error:
            self.terminal.say_error(error)
            self.say("From here on nothing is kept: use :save FILE before you leave.")
            self.is_kept = False

    def say_kept(self) -> None:
        """Say where an unfinished entry is kept, if there is one."""
        if self.is_kept and self.session != Session():
            self.say(f"What you entered is kept in {self.kept.path} and offered next time.", 0)

    def read(self, prompt: str, place: Place, text: str = "") -> str | None:
        """What was typed, or None for ":unknown". The other commands are carried out."""
        while True:
            said = self.terminal.read(prompt, text)
            if text and said.startswith(text) and said[len(text) :].lstrip().startswith(":"):
                said = said[len(text) :].lstrip()  # a command behind the text that stood there
            if not said.lstrip().startswith(":"):
                return said
            name, _, rest = said.strip()[1:].partition(" ")
            if name == "unknown" and place.has_answer:
                return None
            self._command(name, rest.strip(), place)
            text = ""

    def _command(self, name: str, rest: str, place: Place) -> None:
        if name == "back":
            raise Back
        if name == "quit":
            raise Quit
        if name == "edit":
            count = len(self.session.items) + len(self.answers())
            if rest.isascii() and rest.isdigit() and 1 <= int(rest) <= count:
                raise Edit(int(rest))
            self.say(f"Which line? Type :edit and a number from 1 to {count}." if count else "There is nothing yet.")
        elif name == "list":
            self.list_entries()
        elif name == "why":
            place.why()
        elif name == "save":
            self._save(rest)
        elif name == "page":
            self._page(rest)
        elif name == "help":
            for command, words in COMMANDS.items():
                self.say(words, hang=2, label=f":{command}  ")
        elif name == "unknown":
            self.say("There is nothing to leave open here.")
        else:
            known = [command.partition(" ")[0] for command in COMMANDS]
            self.say(f'":{name}" is no command.{nearest(name, known)} :help shows them all.')

    def _save(self, name: str) -> None:
        if not name:
            self.say("To which file? Type :save and a name, as in :save mine.toml")
            return
        path = Path(name)
        try:
            if path.expanduser().exists():
                self.say(f"{name} is there already. Choose another name.")
                return
            write_whole(path, HEADER + regimen_toml(self.session.file(self.reader)))
        except (DosenoteError, OSError, RuntimeError, ValueError) as error:  # also a name that can be none
            self.terminal.say_error(error)
            return
        self.saved, self.saved_session = path, self.session
        self.say(f"Saved to {path}, for you only. See it again with: dosenote review {path}")

    def _page(self, name: str) -> None:
        if not name:
            self.say("To which file? Type :page and a name, as in :page visit.html")
            return
        from dosenote.cli.page import write_new_page
        from dosenote.report import build_report

        try:
            report = build_report(self.regimen(), self.ruleset, self.jurisdiction)
            write_new_page(report, self.jurisdiction, today(), name)
        except DosenoteError as error:
            self.terminal.say_error(error)
            return
        self.say(f"Wrote {name}, for you only. Open it to print it, and take it with you.")

    def update_saved(self) -> None:
        """Bring the file of ":save" up to what was answered since."""
        if self.saved is None or self.saved_session == self.session:
            return
        try:
            write_whole(self.saved, HEADER + regimen_toml(self.session.file(self.reader)))
        except DosenoteError as error:
            self.terminal.say_error(error)
            return
        self.say(f"What you answered since is in {self.saved}, too.")

    def answers(self) -> tuple[Answer, ...]:
        """The answers to questions, but for those about a line of the list."""
        return tuple(answer for answer in self.session.answers if not answer.topic.startswith("line "))

    def told(self, answer: Answer) -> str:
        """What an answer means, in words."""
        texts = self.session.texts()
        new = [f"{texts[number]}: {_SINCE[is_new]}" for number, is_new in answer.marks]
        new += [self._told_of_meal(number, with_food) for number, with_food in answer.meals]
        empty = "no value" if answer.topic == "labs" and is_none(answer.said) else "left open"
        return "; ".join(part for part in (*new, in_short(answer.lines)) if part) or empty

    def _told_of_meal(self, number: int, with_food: bool) -> str:
        text = self.session.texts()[number]
        if with_meal(self.session.items[number], with_food, self.reader) is None:
            return f"{text}: left open. Type :edit {number + 1} and say in the line itself how it is taken"
        return f"{text}: {'with' if with_food else 'without'} food"

    def list_entries(self) -> None:
        """Say the lines of the list and the answers, each with its number."""
        texts = self.session.texts()
        for number, (item, text) in enumerate(zip(self.session.items, texts, strict=True), 1):
            product = f"{item.product}: " if isinstance(item, DatedLine) and item.product else ""
            self.say(text, hang=4, label=f"{number:>2}. {product}")
        for number, answer in enumerate(self.answers(), len(texts) + 1):
            self.say(self.told(answer), hang=4, label=f"{number:>2}. {answer.topic}: ")
        if not texts and not self.answers():
            self.say("Nothing yet.")
