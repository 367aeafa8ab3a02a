"""`dosenote review` and `dosenote diff`: one finding at a time, and two lists side by side."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dosenote.cli.common import (
    CONTEXT,
    as_of_option,
    echo,
    input_text,
    jurisdiction_option,
    reader_of,
    rules_option,
    today,
    width,
)
from dosenote.cli.completing import complete_file
from dosenote.cli.help import Command
from dosenote.errors import DosenoteError

if TYPE_CHECKING:
    from dosenote.files import AcknowledgedTable
    from dosenote.regimen import Regimen
    from dosenote.render.text import Page
    from dosenote.report import Report
    from dosenote.report.model import Advisory
    from dosenote.ruleset import RuleSet

_ABOUT = re.compile(r"(?:(\d+)\s*([a-z]*)|([a-z]+)\s+(\d+))", re.IGNORECASE)
_ACK = re.compile(
    r"ack(?:nowledge)?\s+(\d+)(?:\s+reason\s+(?:\"([^\"]*)\"|(.*?)))?(?:\s+until\s+(\S.*?))?\s*", re.IGNORECASE
)
#: Where commands are piped in.
_NOT_READ = "What came on standard input was not read: findings are gone through, and acknowledged, at a terminal only."
#: Ways of writing a day that cannot be taken for another.
_DAYS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")
_HELP = {
    "1": "everything about finding 1",
    "1 why": "why it is raised, and what to do",
    "1 for": "what speaks for it, against it, and how sure that is",
    "1 sources": "who says it, and where",
    "1 change": "at what amount, or with what answer, it would come or go",
    "ack 1": "note that you know of it, with a reason and an end date; it is then shown in short",
    "diff FILE": "what changed since an earlier list",
    "page FILE": "the page for your visit, as in page visit.html",
    "notes": "all the notes, as dosenote check prints them",
    "list": "the findings",
    "quit": "end; so does an empty line",
}


@click.command(
    cls=Command,
    context_settings=CONTEXT,
    short_help="Go through the findings of a list, one at a time.",
    examples=("dosenote review mine.toml", "dosenote review mine.toml > findings.txt"),
)
@click.argument("path", metavar="FILE", shell_complete=complete_file)
@jurisdiction_option
@as_of_option
@rules_option
def review(path: str, jurisdiction: str, as_of: Any, folder: Path | None) -> None:
    """Go through the findings of a list: why, for and against, sources, what would change them.

    FILE is a list as `dosenote check -f` takes it. At a terminal it asks which
    finding to look at; elsewhere it prints all of them in full. A finding can
    be acknowledged with a reason and an end date, which is written into FILE.
    """
    from dosenote.ruleset import load

    one = _Review(path, load(folder), jurisdiction, as_of.date() if as_of else today())
    if path != "-" and sys.stdin.isatty():
        one.talk()
    else:
        one.print_all()
        if path != "-" and _has_input():
            click.echo(_NOT_READ, err=True)


def _has_input() -> bool:
    """Whether there is something on standard input, which is no terminal: nothing is taken from it, or waited for."""
    try:
        import fcntl
        import termios
    except ImportError:  # Windows cannot tell
        return False
    try:
        return any(fcntl.ioctl(sys.stdin, termios.FIONREAD, bytes(4)))
    except (OSError, ValueError):  # what holds nothing, as /dev/null
        return False


@click.command(
    cls=Command,
    context_settings=CONTEXT,
    short_help="What changed between two lists.",
    examples=("dosenote diff march.toml mine.toml", "dosenote diff march.toml mine.toml --format json"),
)
@click.argument("old", metavar="OLD", shell_complete=complete_file)
@click.argument("new", metavar="NEW", shell_complete=complete_file)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@jurisdiction_option
@as_of_option
@rules_option
def diff(old: str, new: str, form: str, jurisdiction: str, as_of: Any, folder: Path | None) -> int:
    """What changed between two lists, which findings came or went, and by which change.

    Exit status: 0 no finding is raised that was not before; 1 one is; 2 an
    error; 3 none is, but some could be told before and cannot now.
    """
    from dosenote.ruleset import load

    ruleset = load(folder)
    difference = _difference(ruleset, old, new, jurisdiction, as_of.date() if as_of else today())
    if form == "json":
        from dosenote.render.difference import render_json

        echo(render_json(difference))
    else:
        from dosenote.render.difference import render

        echo(render(difference, width()))
    answers = {finding.after for finding in difference.findings}
    return 1 if "raised" in answers else 3 if "cannot-tell" in answers else 0


def _difference(ruleset: RuleSet, old: str, new: str, jurisdiction: str, day: date) -> Any:
    from dosenote.difference import difference_of

    if old == new == "-":
        raise click.UsageError("Only one of the two can be standard input.")
    return difference_of(_regimen(old, ruleset, day), _regimen(new, ruleset, day), ruleset, jurisdiction)


def _regimen(path: str, ruleset: RuleSet, day: date) -> Regimen:
    """The regimen of a file, for one day."""
    from dosenote.files import read_regimen

    name = "standard input" if path == "-" else path
    regimen = read_regimen(input_text(path), name, reader_of(ruleset), day)
    if not regimen.readings:
        raise DosenoteError("there is nothing in it", name, "Give what you take, one item a line.")
    return regimen._replace(as_of=day)


class _Review:
    """One list and its report."""

    def __init__(self, path: str, ruleset: RuleSet, jurisdiction: str, day: date) -> None:
        self.path = path
        self.ruleset = ruleset
        self.jurisdiction = jurisdiction
        self.day = day
        self.report = self._report()

    def _report(self) -> Report:
        from dosenote.report import build_report

        return build_report(_regimen(self.path, self.ruleset, self.day), self.ruleset, self.jurisdiction)

    def show(self, *parts: Callable[[Page], None]) -> None:
        from dosenote.render.text import WIDEST, Page

        page = Page(max(24, min(width(), WIDEST)), False)
        for part in parts:
            part(page)
        echo(page.text())

    def print_all(self) -> None:
        from dosenote.render import review as parts

        self.show(lambda page: parts.summary(page, self.report))
        for number, advisory in enumerate(self.report.advisories, 1):
            self.about(number, advisory, "")

    def about(self, number: int, advisory: Advisory, what: str) -> None:
        """One finding, or one side of it."""
        from dosenote.render import review as parts
        from dosenote.render.outline import ACTION_WORDS

        sides = {
            "why": parts.why, "for": parts.both_sides, "against": parts.both_sides, "sources": parts.sources,
            "change": parts.changes,
        }  # fmt: skip
        chosen = [sides[what]] if what else [parts.why, parts.both_sides, parts.changes, parts.sources]
        title = f"{number}. {ACTION_WORDS[advisory.action]}: {advisory.title}"
        self.show(lambda page: page.heading(title), *(lambda page, side=side: side(page, advisory) for side in chosen))

    def talk(self) -> None:
        """Questions and answers, until an empty line."""
        from dosenote.cli.terminal import Terminal
        from dosenote.render import review as parts

        terminal = Terminal(lambda: ("why", "for", "sources", "change", *_HELP))
        self.show(lambda page: parts.summary(page, self.report))
        terminal.say("Type a number, or help. An empty line ends.", 0)
        while True:
            try:
                said = terminal.read("> ").strip()
                if said.lower() in ("", "quit", "q", ":quit"):
                    return
                self._answer(said, terminal)
            except EOFError:
                terminal.say()
                return
            except (DosenoteError, click.UsageError, ValueError) as error:  # also a name with a NUL
                terminal.say_error(error)

    def _answer(self, said: str, terminal: Any) -> None:
        from dosenote.render import review as parts
        from dosenote.render.text import render as as_text

        name, _, rest = said.partition(" ")
        about = _ABOUT.fullmatch(said)
        if name.lower() in ("help", ":help", "?"):
            for command, words in _HELP.items():
                terminal.say(words, hang=2, label=f"{command}  ")
        elif name.lower() == "list":
            self.show(lambda page: parts.summary(page, self.report))
        elif name.lower() == "notes":
            echo(as_text(self.report, width()))
        elif name.lower() == "diff" and rest:
            from dosenote.render.difference import render

            echo(render(_difference(self.ruleset, rest.strip(), self.path, self.jurisdiction, self.day), width()))
        elif name.lower() == "page" and rest:
            from dosenote.cli.page import write_new_page

            write_new_page(self.report, self.jurisdiction, self.day, rest.strip())
            terminal.say(f"Wrote {rest.strip()}, for you only. Open it to print it.")
        elif name.lower() in ("ack", "acknowledge"):
            self._acknowledge(said, terminal)
        elif about:
            what = (about[2] or about[3] or "").lower()
            if what not in ("", "why", "for", "against", "sources", "change"):
                terminal.say("I know why, for, sources and change, as in: 1 why")
                return
            number = int(about[1] or about[4])
            self.about(number, self._advisory(number), what)
        else:
            terminal.say("I do not know that. Type a number, or help.")

    def _advisory(self, number: int) -> Advisory:
        count = len(self.report.advisories)
        if not 1 <= number <= count:
            known = "there is no finding" if not count else "there is one finding, number 1"
            raise DosenoteError(f"the findings go from 1 to {count}" if count > 1 else known)
        return self.report.advisories[number - 1]

    # --- acknowledging

    def _acknowledge(self, said: str, terminal: Any) -> None:
        """Write into the file that a finding is known, why, and until when."""
        from dosenote.files import AcknowledgedTable
        from dosenote.render.outline import day as day_words
        from dosenote.render.review import summary

        parts = _ACK.fullmatch(said)
        if parts is None:
            terminal.say('As in: ack 2 reason "my doctor prescribed it" until 2027-01-31')
            return
        advisory = self._advisory(int(parts[1]))
        _check_toml(self.path)
        reason = (parts[2] or parts[3] or "").strip()
        reason = reason or terminal.read("  Why is it as it is (an empty line or cancel leaves it)? ").strip()
        if _ACK.fullmatch(reason):
            self._acknowledge(reason, terminal)
            return
        if not reason or reason.lower() == "cancel":
            terminal.say("Not acknowledged: it needs a reason.")
            return
        until = self._until((parts[4] or "").strip(), terminal)
        if until is None:
            terminal.say("Not acknowledged.")
            return
        seen, self.report = self.report, self._report()
        if self.report.regimen != seen.regimen:
            terminal.say("The list has changed since you saw it, so nothing was written. Here it is again.")
            self.show(lambda page: summary(page, self.report))
            return
        _append(Path(self.path), AcknowledgedTable(advisory.rule, reason, until, list(advisory.about)))
        self.report = self._report()
        if advisory.action == "call-first":
            terminal.say("Noted. A finding to call about is always shown in full.")
        else:
            terminal.say(f"Shown in short until {day_words(until.isoformat())}, marked as acknowledged by you.")

    def _until(self, said: str, terminal: Any) -> date | None:
        """The last day, asked for until it is one; None where nothing is typed."""
        from dosenote.regimen import LONGEST_ACKNOWLEDGED

        while True:
            until = next((day for day in (_day(said, form) for form in _DAYS) if day), None)
            if until is not None and self.day <= until <= self.day + LONGEST_ACKNOWLEDGED:
                return until
            if said:
                wrong = f'"{said}" is not a day that I can read. Write it as in 2027-01-31 or 31 Jan 2027.'
                far = f"{until} is {'in the past' if until and until < self.day else 'more than a year ahead'}."
                terminal.say(far if until else wrong)
            said = terminal.read("  Until which day (2027-01-31; an empty line or cancel leaves it)? ").strip()
            if said.lower() in ("", "cancel"):
                return None


def _day(said: str, form: str) -> date | None:
    try:
        return datetime.strptime(said, form).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _check_toml(name: str) -> None:
    """Raises DosenoteError where a list cannot hold an acknowledgement, before anything is asked for it."""
    from dosenote.documents import read_text
    from dosenote.files import read_file

    text = read_text(Path(name))
    if text.lstrip("\ufeff \n").startswith("{") or read_file(text, name) is None:
        raise DosenoteError(
            "only a TOML list can hold acknowledgements", name, 'Write it as items = ["...", "..."] first.'
        )


def _append(path: Path, one: AcknowledgedTable) -> None:
    """Add an acknowledgement at the end of a TOML file, and change nothing else in it."""
    from dosenote.cli.keeping import write_whole
    from dosenote.documents import read_text
    from dosenote.files import acknowledged_toml, read_file

    text = read_text(path)
    longer = f"{text.rstrip()}\n\n{acknowledged_toml(one)}"
    try:
        read_file(longer, str(path))
    except DosenoteError:
        raise DosenoteError(
            "it could not be added at the end", str(path), "Add it to acknowledged = [...] by hand."
        ) from None
    write_whole(path, longer)
