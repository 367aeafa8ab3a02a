"""Reports of every kind, made by hand: what a format must be able to print."""

from __future__ import annotations

from dosenote.questions import Question
from dosenote.report.entered import Code, Line, Measured, Patient, Said, Span, TakenItem, Times, Timing
from dosenote.report.model import (
    Acknowledged,
    Advisory,
    Because,
    ChangesAt,
    Cited,
    Counts,
    Coverage,
    ItemPlace,
    NotRecognised,
    Reference,
    Report,
    Rules,
    StatedIn,
    Tool,
    Total,
    Traced,
    Undecided,
    UnusedAcknowledgement,
)

D3 = TakenItem(
    "vitamin-d3", "vitamin D3", "vitamin D3, 5,000 IU (125 mcg), once a day, with food", Span(125.0, 125.0, "mcg"),
    Span(125.0, 125.0, "mcg"), "once a day", False, "5,000 IU (125 mcg)", "5,000 IU (125 mcg)", "2026-05-01",
    ("morning",), "for my <b>bones</b>", timing=Timing(Times(1.0, 1.0), 1.0, "day", (), False, False, None),
    codes=(Code("rxnorm", "2418"), Code("cas", "67-97-0")), written=Span(5000.0, 5000.0, "IU"),
)  # fmt: skip
OLD_K2 = TakenItem(
    "vitamin-k2-mk7", "vitamin K2 (MK-7)", "vitamin K2 (MK-7), 100 mcg, once a day", Span(100.0, 100.0, "mcg"),
    Span(100.0, 100.0, "mcg"), "once a day", True, "100 mcg", "100 mcg", ended="2026-10-01",
)  # fmt: skip
WHEN = Because("vitamin_d.daily", "5,000 IU (125 mcg) a day", "above", "4,000 IU (100 mcg) a day",
               "vitamin D a day: 5,000 IU (125 mcg) a day (the rule: above 4,000 IU (100 mcg) a day)")  # fmt: skip
UNLESS = Because("conditions", "not said", "include_any", "kidney disease",
                 "you have kidney disease: another note, at least as grave, then takes its place")  # fmt: skip
RDA = Reference(
    kind="recommended", name="RDA", in_full="Recommended Dietary Allowance", substance="vitamin D", by="An institute",
    value="between 600 IU (15 mcg) and 800 IU (20 mcg) a day", amount=Span(15.0, 20.0, "mcg"), counts="food and supplements",
    only_for="for ages from 1 year", depends_on=("age", "sex"), rule="", title="",
    sources=(StatedIn("one-2011", "A report", "An institute", 2011, "https://doi.org/10.1000/one", "page 8", ""),),
)  # fmt: skip
UL = Reference(
    kind="upper-limit", name="UL", in_full="", substance="vitamin D", by="An institute", value="4,000 IU (100 mcg) a day",
    amount=Span(100.0, 100.0, "mcg"), counts="supplements", only_for="", depends_on=(), rule="vitamin-d-above-a-limit",
    title="Vitamin D above a limit",
    sources=(
        StatedIn("one-2011", "A report", "An institute", 2011, "https://doi.org/10.1000/one", "page 7", ""),
        StatedIn("three-2001", "A table", "", None, "", "table 1", "a copy"),
    ),
)  # fmt: skip
UNUSUAL = Reference(
    kind="other", name="", in_full="", substance="vitamin D", by="", value="2,000 IU (50 mcg) a day",
    amount=Span(50.0, 50.0, "mcg"), counts="", only_for="", depends_on=(), rule="vitamin-d-above-the-usual",
    title="More vitamin D than is usual", sources=(),
)  # fmt: skip
ADVISORY = Advisory(
    rule="vitamin-d-above-a-limit",
    title="Vitamin D above a limit",
    summary="Your vitamin D, 5,000 IU (125 mcg) a day, is above the limit.",
    severity="moderate",
    action="ask-soon",
    certainty="very-low",
    certainty_because="made up for a test",
    topics=("vitamin-d",),
    why="Too much could push your blood calcium up.",
    talk="Ask your pharmacist within days.",
    ask=("Is this much right for me?",),
    mechanism="not known",
    because=(WHEN,),
    unless=(UNLESS,),
    changes_at=(ChangesAt("vitamin_d.daily", "above", Span(100.0, 100.0, "mcg"), "this rule comes on above 4,000 IU (100 mcg) a day"),),
    evidence=(
        Cited("one-2011", "A report", "An institute", 2011, "https://doi.org/10.1000/one", "page 7", "for", "The limit is 4,000 IU.", ""),
        Cited("two-2020", "Another report", "", None, "", "abstract", "against", "No harm was seen.", "a small study"),
        Cited("one-2011", "A report", "An institute", 2011, "https://doi.org/10.1000/one", "page 9", "differs", "Elsewhere it is 2,000 IU.", ""),
    ),
    reviewed="2026-11-20",
    kind="dose",
    implicated=(ItemPlace(0, 0),),
)  # fmt: skip
QUESTION = Question("medicines:warfarin", "warfarin", "Do you take warfarin?", ("k2-with-warfarin",))

FULL = Report(
    schema="dosenote.report/1",
    tool=Tool("dosenote", "0.0.0"),
    rules=Rules("2026.11.1", "0123456789abcdef" * 4),
    jurisdiction="us",
    as_of="2026-11-20",
    regimen=(
        Line("D3 5000 IU <script> daily with food", "ask", (D3,), (), ("5,000 IU",), ("<script>",), ""),
        Line("MK-7 100 mcg daily", "accept", (OLD_K2,), (), (), (), ""),
        Line("kidney stones", "ignore", (), ("kidney stones",), (), (), "no dose",
             said=(Said("kidney-stones", "kidney stones", "condition", "present", ()), Said("warfarin", "warfarin", "medicine", "absent", (Code("rxnorm", "11289"),))),
             measured=(Measured("25-oh-d", "vitamin D level (25-OH-D)", 32.0, "ng/mL", "2026-11-02", "32 ng/mL", "25-OH-D 80 nmol/L"),)),
        Line("D3 5000 IU (9 mcg) daily", "refuse", (), (), (), (), "two amounts that are not the same"),
    ),
    person=("67 years old", "kidney stones"),
    totals=(
        Total("vitamin-d3", "vitamin D3", Span(125.0, None, "mcg"), Span(5000.0, None, "IU"),
              "at least 5,000 IU (125 mcg) a day", (RDA, UL, UNUSUAL)),
    ),
    advisories=(ADVISORY._replace(rule="a-call", title="A call", action="call-first", severity="serious", evidence=ADVISORY.evidence[:1]), ADVISORY),
    undecided=(Undecided("k2-with-warfarin", "K2 with warfarin", "serious", "call-first", ("medicines:warfarin",), ("whether you take warfarin",)),),
    questions=(QUESTION, QUESTION._replace(fact="line 1", label="line 1", text='"D3 5000 IU <script> daily": what is "<script>"?')),
    not_recognised=(NotRecognised("<script>", 'not understood in "D3 5000 IU <script> daily"', ("vitamin D3",), 1),),
    counts=Counts(2, 1, 3, 1, 3),
    coverage=Coverage(2, 1, 6, ("herbs",), "Checked 1 of 2 items against 6 rules. Not covered: herbs."),
    next_step="A call: call before you start, stop or change anything.",
    nothing_raised="",
    disclaimer="Facts to talk about, not advice.",
    trace=(Traced("vitamin-d-above-a-limit", "Vitamin D above a limit", "raised", (WHEN,), (UNLESS,)),),
    patient=Patient(67.0, None, None, None),
)  # fmt: skip

EMPTY = FULL._replace(
    regimen=(), person=(), totals=(), advisories=(), undecided=(), questions=(), not_recognised=(), trace=None, as_of=None,
    patient=None,
    counts=Counts(0, 0, 6, 0, 4), next_step="Show these notes to a pharmacist or doctor at your next visit.",
    nothing_raised="No rule raised a flag. That does not mean that this mix is safe for you.",
    coverage=Coverage(0, 0, 6, ("herbs",), "Checked 0 of 0 items against 6 rules. Not covered: herbs."),
)  # fmt: skip

QUIET = EMPTY._replace(regimen=FULL.regimen[1:2], undecided=FULL.undecided, questions=FULL.questions)

#: What the person knows of: one finding in short, one to call about in full, and what folds nothing.
KNOWN = Acknowledged("my doctor prescribed it", "2027-01-31")
ACKNOWLEDGED = FULL._replace(
    advisories=tuple(advisory._replace(acknowledged=KNOWN) for advisory in FULL.advisories),
    unused_acknowledgements=(
        UnusedAcknowledgement("a-call", "a finding to call about is always shown in full"),
        UnusedAcknowledgement("no-such-rule", "there is no such rule."),
    ),
)

KINDS = {"full": FULL, "empty": EMPTY, "quiet": QUIET, "acknowledged": ACKNOWLEDGED}


def with_words(words: str) -> Report:
    """A report in which every text that the person wrote, or that may repeat it, is `words`."""
    item = D3._replace(label=words, words=words, schedule=words, why=words)
    line = Line(words, "ask", (item,), (words,), (words,), (words,), words)
    question = Question("line 1", words, f'"{words}": what is "{words}"?', ("k2-with-warfarin",))
    known = Acknowledged(words, "2027-01-31")
    because = WHEN._replace(value=words, words=f"you take {words}")
    return FULL._replace(
        regimen=(line, line._replace(outcome="refuse"), line._replace(outcome="ignore", noted=())),
        person=(words, words),
        totals=(FULL.totals[0]._replace(label=words, words=words),),
        advisories=(
            ADVISORY._replace(acknowledged=known, summary=f"You take {words}.", because=(because,)),
            FULL.advisories[0]._replace(acknowledged=known, summary=f"You take {words}.", because=(because,)),
        ),
        undecided=(FULL.undecided[0]._replace(missing_words=(words, words)),),
        questions=(question, question._replace(fact="medicines:a"), question._replace(fact="line 2")),
        not_recognised=(NotRecognised(words, f'not understood in "{words}"', (words, words), 1),),
        unused_acknowledgements=(UnusedAcknowledgement(words, f'"{words}" is no rule'),),
        next_step=f'Of the answers that could change the result, the first to find: "{words}"?',
    )
