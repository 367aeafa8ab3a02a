"""What a report holds. Its fields are those of the JSON that `dosenote schema report` describes.

Named tuples, not dataclasses: there are thirty of them, and each dataclass costs half a millisecond at every start.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from dosenote.questions import Question
from dosenote.report.entered import Disagreement, Line, Measured, Patient, Span
from dosenote.rule import ACTIONS, Action, Answer, Certainty, Direction, Severity, ValueKind
from dosenote.rule import Counts as Counted

#: The exit codes of the command line.
CLEAR, RAISED, FAILED, OPEN, REJECTED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Tool(NamedTuple):
    """Which program made the report."""

    name: str
    version: str


class Rules(NamedTuple):
    """Which rules it was made with. sha256: over every file of them."""

    version: str
    sha256: str


class StatedIn(NamedTuple):
    """Where a documented value stands. problem: what is wrong with the source, or with the copy that was read."""

    source: str
    title: str
    by: str
    year: int | None
    link: str
    locator: str
    problem: str


class Reference(NamedTuple):
    """A documented value beside a total, of one authority or of one rule; a fact about the value, not about the person.

    kind: "recommended" is what an authority recommends a day, "upper-limit" the most that it sets; "other" is neither.
    name, in_full, by: as the authority calls it ("RDA"), in words, and whose it is; empty where no authority's.
    substance: what it is stated for, which may be a group ("vitamin D" beside D3). value, amount: in words, and as an
    amount a day; a range where something about the person is not known (depends_on). counts: what it counts, beside a
    total of supplements ("": the source does not say). only_for: of whom it is told, where it is not known that this
    person is one of them. rule, title: the rule that states it, or "".
    """

    kind: ValueKind
    name: str
    in_full: str
    substance: str
    by: str
    value: str
    amount: Span
    counts: Counted | Literal[""]
    only_for: str
    depends_on: tuple[str, ...]
    rule: str
    title: str
    sources: tuple[StatedIn, ...]


class Total(NamedTuple):
    """A day's total of one substance over all lines. also: the same in the second unit."""

    substance: str
    label: str
    daily: Span
    also: Span | None
    words: str
    references: tuple[Reference, ...]


class Because(NamedTuple):
    """One row of a rule as it stood: the fact, its value, the comparison, the limit."""

    fact: str
    value: str
    comparison: str
    limit: str
    words: str


class ChangesAt(NamedTuple):
    """Where a finding would change: a property of the rule, never a dose to take."""

    fact: str
    comparison: str
    limit: Span
    words: str


class Cited(NamedTuple):
    """One piece of evidence with its source."""

    source: str
    title: str
    by: str
    year: int | None
    link: str
    locator: str
    direction: Direction
    says: str
    problem: str


class Acknowledged(NamedTuple):
    """That the person knows of a finding: why it is as it is, and until which day that holds.

    for_any: whether it holds at any amount and with any medicine, as the list does not say for which it was given.
    """

    reason: str
    until: str
    for_any: bool = False


class UnusedAcknowledgement(NamedTuple):
    """An acknowledgement that folds nothing, and why not."""

    rule: str
    reason: str


class ItemPlace(NamedTuple):
    """Where something taken stands in `regimen`: the number of its line, and of the item in it, both from 0."""

    line: int
    item: int


class Advisory(NamedTuple):
    """One rule that is raised, in words for the person.

    kind: the folder of the rule (dose, interaction, …). implicated: what is surely taken and counts for the rule.
    acknowledged: what the person said to it, or null; such a finding is folded, but for one to call about.
    """

    rule: str
    title: str
    summary: str
    severity: Severity
    action: Action
    certainty: Certainty
    certainty_because: str
    topics: tuple[str, ...]
    why: str
    talk: str
    ask: tuple[str, ...]
    mechanism: str
    because: tuple[Because, ...]
    unless: tuple[Because, ...]
    changes_at: tuple[ChangesAt, ...]
    evidence: tuple[Cited, ...]
    reviewed: str
    acknowledged: Acknowledged | None = None
    kind: str = ""
    implicated: tuple[ItemPlace, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        """The amounts, values and names that make it true, in words; not the age, which changes by itself."""
        return tuple(one.words for one in self.because if one.fact not in ("age", "sex"))

    @property
    def is_folded(self) -> bool:
        """Whether it is shown in short; the gravest never are."""
        return self.acknowledged is not None and self.action != "call-first"


class Undecided(NamedTuple):
    """One rule that could not be told, and the facts that it lacks."""

    rule: str
    title: str
    severity: Severity
    action: Action
    missing: tuple[str, ...]
    missing_words: tuple[str, ...]


class NotRecognised(NamedTuple):
    """Something that was entered and not understood, so not checked.

    reason: why. suggestions: near names. line: the number of the line that it stands in, from 1.
    """

    text: str
    reason: str
    suggestions: tuple[str, ...]
    line: int


class Counts(NamedTuple):
    """superseded: raised, and left to a graver rule about the same thing that is raised, too."""

    raised: int
    superseded: int
    not_raised: int
    undecided: int
    not_applicable: int


class Coverage(NamedTuple):
    """How much was looked at. words: the sentences that every report carries. no_rule_for: what no rule looks at."""

    items: int
    recognised: int
    rules: int
    not_covered: tuple[str, ...]
    words: str
    no_rule_for: tuple[str, ...] = ()


class Traced(NamedTuple):
    """What became of one rule, row by row."""

    rule: str
    title: str
    outcome: Answer
    when: tuple[Because, ...]
    unless: tuple[Because, ...]


class Report(NamedTuple):
    """The whole result of one check. trace: every rule, when it was asked for."""

    schema: Literal["dosenote.report/1"]
    tool: Tool
    rules: Rules
    jurisdiction: str
    as_of: str | None
    regimen: tuple[Line, ...]
    person: tuple[str, ...]
    totals: tuple[Total, ...]
    advisories: tuple[Advisory, ...]
    undecided: tuple[Undecided, ...]
    questions: tuple[Question, ...]
    not_recognised: tuple[NotRecognised, ...]
    counts: Counts
    coverage: Coverage
    next_step: str
    nothing_raised: str
    disclaimer: str
    trace: tuple[Traced, ...] | None = None
    unused_acknowledgements: tuple[UnusedAcknowledgement, ...] = ()
    patient: Patient | None = None
    disagreements: tuple[Disagreement, ...] = ()

    def exit_code(self, fail_on: Action) -> int:
        """1 when something at or above `fail_on` is raised; else 3 when anything is open; else 0."""
        if any(ACTIONS.index(advisory.action) <= ACTIONS.index(fail_on) for advisory in self.advisories):
            return RAISED
        return OPEN if self.is_open else CLEAR

    @property
    def labs(self) -> tuple[Measured, ...]:
        """Every blood value, in the order of the lines."""
        return tuple(one for line in self.regimen for one in line.measured)

    @property
    def is_open(self) -> bool:
        """Whether something was not recognised, refused, unusual, disagrees or could not be told, or nothing was there.

        A line that lacks something which no rule needs (the dose of a medicine) leaves nothing open.
        """
        doubted = any(line.outcome == "refuse" or line.is_unusual for line in self.regimen)
        unclear = self.undecided or self.not_recognised or self.disagreements
        return bool(unclear or doubted or not self.coverage.items)
