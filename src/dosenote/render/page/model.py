"""What stands on the page for the visit, for whom, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from dosenote.regimen import Moment
from dosenote.render.outline import ACTION_WORDS, RECOMMENDED
from dosenote.report.entered import Span
from dosenote.report.words import and_list

Audience = Literal["patient", "clinician", "both"]
#: So many findings are to be looked at first; the others are named.
FIRST = 3
#: Of what is not known, so many questions are asked in full; the others are named.
GAPS = 3
_LETTERS = {"R": "recommended", "U": "upper limit", "N": "another documented amount"}


class Cell(NamedTuple):
    """One thing of a line, each column in words; "" where it is not known or was not said.

    label: what it is, where the line holds more than one thing. is_planned: it begins after the day of the page, and is
    counted all the same, as what is planned is to be talked about before.
    """

    label: str
    each_time: str
    how_often: str
    daily: str
    since: str
    why: str
    moments: tuple[Moment, ...]
    stopped: bool
    is_unclear: bool
    is_daily: bool
    is_planned: bool

    @property
    def standing(self) -> str:
        """What must be known of whether it is taken; "" for what is."""
        words = (
            "stopped, not counted" if self.stopped else "",
            "not clear whether it is taken" if self.is_unclear else "",
        )
        planned = "not begun yet, counted as if it were" if self.is_planned and not self.stopped else ""
        return "; ".join(one for one in (*words, planned) if one)

    @property
    def since_and_why(self) -> str:
        """ "since 1 May 2026; for: my bones", as far as it was said."""
        since = f"{'from' if self.is_planned else 'since'} {self.since}" if self.since else ""
        return "; ".join(words for words in (since, f"for: {self.why}" if self.why else "") if words)


class Taken(NamedTuple):
    """One line of what is taken: as entered, what it holds, and what was not understood or was assumed."""

    text: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    suggestions: tuple[str, ...]


class Mark(NamedTuple):
    """A documented value beside a total. letter: its name in the picture. stands: where the total stands to it.

    low, high: in the unit of the total, a day; they differ where it is not known which value applies.
    number, locator: its source, and the place in it; 0 where it has none.
    """

    letter: str
    words: str
    low: float
    high: float | None
    stands: str
    number: int
    locator: str


class Gauge(NamedTuple):
    """One total with its documented values, in words and as numbers of one unit."""

    label: str
    words: str
    daily: Span
    marks: tuple[Mark, ...]

    @property
    def briefly(self) -> Gauge:
        """With an authority's values only, where there are any."""
        official = tuple(mark for mark in self.marks if mark.letter != "N")
        return self._replace(marks=official or self.marks)


class Source(NamedTuple):
    """One source under its number, with every place of it that is cited. name: it in short."""

    number: int
    words: str
    link: str
    locators: tuple[str, ...]
    problem: str
    name: str

    @property
    def brief(self) -> str:
        """It in a line, with its places."""
        return f"{self.name}: {'; '.join(self.locators)}"


class Evidence(NamedTuple):
    """What speaks for or against a finding. number: that of its source in the list at the end."""

    direction: str
    says: str
    number: int
    locator: str


class Behind(NamedTuple):
    """What stands behind a finding: its rule, and its evidence. partner: what it is about, where it is joined."""

    rule: str
    partner: str
    certainty_because: str
    changes: str
    mechanism: str
    evidence: tuple[Evidence, ...]
    reviewed: str

    @property
    def basis(self) -> Evidence:
        """The piece of evidence that it rests on first."""
        return self.evidence[0]

    @property
    def briefly(self) -> tuple[Evidence, ...]:
        """The first piece of evidence of each direction."""
        return tuple({one.direction: one for one in reversed(self.evidence)}.values())[::-1]


class Finding(NamedTuple):
    """One finding as a page shows it, or several that are told as one; its three scales stand apart."""

    title: str
    action: str
    severity: str
    certainty: str
    summary: str
    talk: str
    because: str
    acknowledged: str
    is_grave: bool
    ask: tuple[str, ...]
    behind: tuple[Behind, ...]

    @property
    def what_to_do(self) -> str:
        """The label of what to do; that it is meant of each of several is said."""
        partners = [one.partner for one in self.behind if one.partner]
        return f"What to do, for each of {and_list(partners)}:" if partners else "What to do:"

    @property
    def is_weighty(self) -> bool:
        """Whether somebody is to be asked or called about it."""
        return self.action in (ACTION_WORDS["call-first"], ACTION_WORDS["ask-soon"])


class Other(NamedTuple):
    """Findings that are named only: one of weight, or all that follow one another and are of one action."""

    action: str
    words: str


class Lab(NamedTuple):
    """One blood value: the value, the day, and what must be known of it."""

    words: str
    when: str
    notes: tuple[str, ...]

    @property
    def whole(self) -> str:
        """ "INR: 2.5, 2 Nov 2026 (no rule here looks at it)"."""
        notes = f" ({'; '.join(self.notes)})" if self.notes else ""
        return f"{self.words}, {self.when or 'day not said'}{notes}"


class Page(NamedTuple):
    """Everything on the page, in the order in which it is read."""

    title: str
    audience: Audience
    name: str
    made_on: str
    person: tuple[str, ...]
    denied: tuple[str, ...]
    noted: tuple[str, ...]
    taken: tuple[Taken, ...]
    gauges: tuple[Gauge, ...]
    other_totals: str
    findings: tuple[Finding, ...]
    folded: tuple[Finding, ...]
    in_order: tuple[Finding, ...]
    nothing_raised: str
    gaps: tuple[str, ...]
    more_gaps: tuple[str, ...]
    undecided: int
    gravest_undecided: str
    not_recognised: tuple[str, ...]
    labs: tuple[Lab, ...]
    is_light: bool
    sources: tuple[Source, ...]
    not_folded: tuple[str, ...]
    coverage: str
    rules: str
    disclaimer: str
    is_redacted: bool

    @property
    def has_moments(self) -> bool:
        """Whether a time of day was said for anything, so that the table needs its columns."""
        return any(cell.moments for taken in self.taken for cell in taken.cells)

    def legend(self, is_brief: bool) -> str:
        """What the signs in the pictures of the totals mean, as far as they are drawn."""
        letters = [mark.letter for gauge in self.gauges for mark in (gauge.briefly if is_brief else gauge).marks]
        words = [f"{letter} {means}" for letter, means in _LETTERS.items() if letter in letters]
        is_open = any(gauge.daily.high is None for gauge in self.gauges)
        return f"{', '.join(words)}; black: this total{' (a broken line: or more)' if is_open else ''}."

    @property
    def recommended(self) -> str:
        """What must be known of recommended intakes, where one is shown."""
        return RECOMMENDED if any(mark.letter == "R" for gauge in self.gauges for mark in gauge.marks) else ""

    def others(self, shown: int) -> tuple[Other, ...]:
        """What is named only, when so many findings are told in full: its title; what somebody is asked about, why."""
        rest = self.findings[shown:]
        weighty = [Other(one.action, f"{one.title}. {one.summary}") for one in rest if one.is_weighty]
        light: dict[str, list[str]] = {}
        for one in rest:
            if not one.is_weighty:
                light.setdefault(one.action, []).append(one.title)
        return (*weighty, *(Other(action, "; ".join(titles)) for action, titles in light.items()))

    @property
    def has_since(self) -> bool:
        """Whether there is a column for since when and what for, also to write in; times of day take its place."""
        return not self.has_moments

    @property
    def sheets(self) -> tuple[Audience, ...]:
        """For whom a sheet is made, in their order."""
        return ("patient", "clinician") if self.audience == "both" else (self.audience,)


def moment_words(moments: Iterable[Moment]) -> Iterator[str]:
    """The times of day in words: "morning", "bedtime"."""
    for moment in moments:
        yield "bedtime" if moment == "night" else moment
