"""Several values of one blood test: the newest counts, and those that do not agree are said, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from dosenote.batch.outcomes import Readings
from dosenote.facts import facts_of
from dosenote.interview.asks import asks_for
from dosenote.interview.session import Session
from dosenote.laboratory import disagreements, newest, span_of
from dosenote.logic import Interval, Truth, exactly
from dosenote.reader import Reader
from dosenote.regimen import Lab, Regimen
from dosenote.render import cds_hooks, csv, fhir_r4, markdown, text
from dosenote.render.page.make import page_of
from dosenote.render.page.words import as_text
from dosenote.report import Report, build_report
from dosenote.ruleset import RuleSet

AS_OF = date(2026, 11, 21)
TITLE = "kidney function (eGFR): values that do not agree"
LOW, HIGH = '25 mL/min/1.73m2 ("eGFR 25")', '80 mL/min/1.73m2 ("eGFR 80")'


def _lab(value: str, day: int | None = None, test: str = "egfr") -> Lab:
    number = value.lstrip("<>=")
    day_of = None if day is None else date(2026, 11, day)
    return Lab(test, Decimal(number), f"eGFR {value}", day_of, value.removesuffix(number))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "labs, counted",
    [
        ([], []),
        ([_lab("25"), _lab("80")], ["25", "80"]),
        ([_lab("25", 1), _lab("80", 2)], ["80"]),
        ([_lab("80", 2), _lab("25", 1)], ["80"]),
        ([_lab("25", 2), _lab("80", 2)], ["25", "80"]),
        ([_lab("25", 1), _lab("80", 2), _lab("50")], ["80", "50"]),
    ],
)
def test_which_values_may_be_the_newest(labs: list[Lab], counted: list[str]) -> None:
    """Those of the last day, and those without one."""
    assert [str(lab.value) for lab in newest(labs)] == counted


@pytest.mark.parametrize(
    "labs, is_told",
    [
        ([_lab("25"), _lab("80")], True),
        ([_lab("25"), _lab("80", 2)], True),
        ([_lab("25", 2), _lab("80", 2)], True),
        ([_lab("25", 1), _lab("80", 2)], False),
        ([_lab("25"), _lab("25")], False),
        ([_lab("25"), _lab("25.0", 1)], False),
        ([_lab("40"), _lab("40.06")], False),
        ([_lab("25"), _lab("80", test="inr")], False),
        ([_lab("80")], False),
        ([_lab(">60"), _lab("85")], False),
        ([_lab(">60"), _lab(">=90")], False),
        ([_lab(">60"), _lab("59")], True),
        ([_lab("<30"), _lab("<15"), _lab("20")], True),
        ([_lab("<30"), _lab(">60")], True),
        ([_lab(">60", 1), _lab("45", 2)], False),
    ],
)
def test_values_disagree_where_each_may_be_the_newest(ruleset: RuleSet, labs: list[Lab], is_told: bool) -> None:
    """One that a newer took the place of is none, nor one that was only rounded."""
    found = disagreements(labs, ruleset.vocabulary)
    assert [one.values for one in found] == ([tuple(labs)] if is_told else [])


@pytest.mark.parametrize(
    "sign, at, below, above",
    [("<", "true", "true", "false"), ("<=", "unknown", "true", "false"), ("", "false", "true", "false"),
     (">=", "false", "unknown", "unknown"), (">", "false", "false", "true")],
)  # fmt: skip
def test_a_bound_is_compared_as_all_the_values_that_it_leaves_open(sign: str, at: str, below: str, above: str) -> None:
    """Against the bound itself, a value just beyond it, and whether it lies above; the end of "below 30" is open."""

    def word(truth: Truth) -> str:
        return "true" if truth.is_true else "false" if truth.is_false else "unknown"

    span = span_of(_lab(f"{sign}30"))
    assert word(span.below(exactly(30.0))) == at
    assert word(span.above(exactly(30.0))) == above
    if sign != ">":
        assert word(span.below(exactly(30.001))) == below


@pytest.mark.parametrize(
    "line, raised",
    [
        ("INR >8", True),
        ("INR >= 5", True),
        ("INR above 5", True),
        ("INR >4.5", None),
        ("INR <8", None),
        ("INR <5", False),
    ],
)
def test_a_bound_decides_what_it_can(ruleset: RuleSet, reader: Reader, line: str, raised: bool | None) -> None:
    """A meter that shows ">8" is never a reason for silence; what a bound leaves open is asked for."""
    report = _report(ruleset, reader, "warfarin 5 mg daily", line)
    rule = "very-high-inr-with-vitamin-k-antagonist"
    assert (rule in {one.rule for one in report.advisories}) is (raised is True)
    assert (rule in {one.rule for one in report.undecided}) is (raised is None)
    asked = any(question.fact == "lab.inr" and rule in question.could_change for question in report.questions)
    assert asked is (raised is None)


@pytest.mark.parametrize(
    "line, words",
    [("INR >8", "INR: above 8"), ("eGFR >= 60", "60 mL/min/1.73m2 or more"), ("INR ≤ 2", "INR: 2 or less"),
     ("25-OH-D <12 nmol/L", "below 4.8 ng/mL (12 nmol/L)")],
)  # fmt: skip
@pytest.mark.parametrize(
    "render",
    [text.render, markdown.render, lambda report: as_text(page_of(report, "patient", AS_OF))],
    ids=["text", "markdown", "page"],
)
def test_a_bound_is_shown_as_one(
    ruleset: RuleSet, reader: Reader, line: str, words: str, render: Callable[[Report], str]
) -> None:
    """Nothing that a person reads makes a value of it."""
    shown = " ".join(render(_report(ruleset, reader, "K2 100 mcg daily", line)).replace("\\", "").split())
    assert words in shown


def test_a_note_says_the_bound_and_systems_get_its_comparator(ruleset: RuleSet, reader: Reader) -> None:
    """In the sentence of the rule and beside its row; FHIR and JSON have the sign."""
    report = _report(ruleset, reader, "warfarin 5 mg daily", "INR >8")
    note = next(one for one in report.advisories if one.rule == "very-high-inr-with-vitamin-k-antagonist")
    assert "above 8" in note.summary
    bundle = json.loads(fhir_r4.render(report))
    values = [one["resource"].get("valueQuantity") for one in bundle["entry"]]
    assert {"value": 8, "comparator": ">"} in values
    assert report.regimen[1].measured[0].comparator == ">"


def test_values_of_one_day_are_asked_for_the_right_one(ruleset: RuleSet) -> None:
    """A day would not help."""
    (same,) = disagreements([_lab("25", 2), _lab("80", 2)], ruleset.vocabulary)
    (other,) = disagreements([_lab("25"), _lab("80", 2)], ruleset.vocabulary)
    assert "which of them is right" in same.which
    assert "newest, and of which day" in other.which
    assert "80 mL/min/1.73m2, 2 Nov 2026" in other.told


def _report(ruleset: RuleSet, reader: Reader, *lines: str) -> Report:
    return build_report(Regimen(reader.read_all(lines), as_of=AS_OF), ruleset, "us")


@pytest.fixture
def both(ruleset: RuleSet, reader: Reader) -> Report:
    """Two values of a test that rules about vitamin D look at."""
    return _report(ruleset, reader, "D3 1000 IU daily", "calcium 600 mg daily", "eGFR 25", "eGFR 80")


def test_a_rule_that_needs_the_value_stays_open_and_asks_for_the_right_one(both: Report) -> None:
    """The question names both."""
    assert "low-egfr-with-calcium" in {one.rule for one in both.undecided}
    (question,) = [one for one in both.questions if one.fact == "lab.egfr"]
    assert question.text.startswith(TITLE)
    assert LOW in question.text
    assert HIGH in question.text


@pytest.mark.parametrize(
    "render",
    [text.render, markdown.render, csv.render, cds_hooks.render, fhir_r4.render,
     lambda report: as_text(page_of(report, "patient", AS_OF))],
    ids=["text", "markdown", "csv", "cds-hooks", "fhir", "page"],
)  # fmt: skip
def test_every_format_says_both_values_and_that_they_disagree(both: Report, render: Callable[[Report], str]) -> None:
    """As they were entered; nothing that a person reads leaves it out."""
    shown = " ".join(render(both).replace("\\n", " ").replace("\\", "").replace('""', '"').split())
    assert "values that do not agree" in shown
    assert '("eGFR 25")' in shown
    assert '("eGFR 80")' in shown
    assert shown.count("does not agree with another value") >= 2


def test_json_has_them_as_values(both: Report) -> None:
    """With the fact that rules ask for, and the value of each."""
    (one,) = both.disagreements
    assert (one.fact, one.title, [value.value for value in one.values]) == ("lab.egfr", TITLE, [25, 80])
    assert both.is_open


def test_a_test_that_no_rule_looks_at_is_told_all_the_same(ruleset: RuleSet, reader: Reader) -> None:
    """Two INR values that disagree are something to ask about; also on the page, where no question is about them."""
    report = _report(ruleset, reader, "K2 100 mcg daily", "INR 2.5", "INR 5")
    assert [one.fact for one in report.disagreements] == ["lab.inr"]
    assert report.is_open
    assert '5 ("INR 5")' in " ".join(as_text(page_of(report, "patient", AS_OF)).split())


def test_a_redacted_page_has_no_words_as_typed(both: Report) -> None:
    """That they disagree stays."""
    shown = as_text(page_of(both, "patient", AS_OF, redact=True))
    assert "do not agree" in shown
    assert '"eGFR 25"' not in shown


def test_the_newer_of_two_dated_values_counts_and_the_older_stays_shown(ruleset: RuleSet, reader: Reader) -> None:
    """Nothing is asked about them."""
    lines = ("calcium 600 mg daily", "eGFR 25 (1 Oct 2026)", "eGFR 80 (1 Nov 2026)")
    report = _report(ruleset, reader, *lines)
    assert report.disagreements == ()
    assert [lab.note for lab in report.labs] == ["not used: there is a newer value", ""]
    assert "1 Oct 2026 (not used: there is a newer value)" in " ".join(text.render(report).split())
    assert "low-egfr-with-calcium" not in {one.rule for one in (*report.undecided, *report.advisories)}


def test_a_day_that_has_not_come_is_a_slip(ruleset: RuleSet, reader: Reader) -> None:
    """ "3 Nov 2062" must not make a value the newest of all."""
    readings = reader.read_all(["calcium 600 mg daily", "eGFR 25 (1 Nov 2026)", "eGFR 80 (3 Nov 2062)"])
    facts = facts_of(Regimen(readings, as_of=AS_OF), ruleset.vocabulary)
    assert facts.intervals["lab.egfr"] == Interval(25, 80)
    report = build_report(Regimen(readings, as_of=AS_OF), ruleset, "us")
    assert report.labs[1].note.startswith("this day has not come yet")
    assert len(report.disagreements) == 1


def test_lines_of_a_batch_tell_the_same(reader: Reader, both: Report) -> None:
    """The words of a row are those of the report."""
    lines = Readings(reader, AS_OF)
    codes = [lines.code(line) for line in ("D3 1000 IU daily", "eGFR 25", "eGFR 80")]
    assert lines.differing(codes) == ((TITLE, both.disagreements[0].told),)
    assert lines.differing(codes[:2]) == ()


def test_the_prompt_does_not_ask_for_a_third_value(ruleset: RuleSet, reader: Reader) -> None:
    """It would be one more beside the two; the lines have to be put right."""
    session = Session(("calcium 600 mg daily", "eGFR 25", "eGFR 80"))
    regimen = Regimen(reader.read_all(session.texts()))
    facts = [fact for ask in asks_for(session, regimen, ruleset, "us") for fact in ask.covers]
    assert facts
    assert "lab.egfr" not in facts


def test_a_card_of_its_own_says_so(both: Report) -> None:
    """Whoever reads only summaries hears of it."""
    summaries = [card["summary"] for card in json.loads(cds_hooks.render(both))["cards"]]
    assert "1 blood test has values that do not agree: which of them counts has to be told." in summaries
