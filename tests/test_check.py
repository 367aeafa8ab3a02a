"""Real regimens, from the words to the answer: what must be found, and what must never look clean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dosenote.errors import DosenoteError
from dosenote.facts import facts_of
from dosenote.files import read_regimen
from dosenote.logic import Interval
from dosenote.reader import Reader
from dosenote.render.page.make import page_of
from dosenote.render.page.words import as_text
from dosenote.render.text import render
from dosenote.report import Report, build_report
from dosenote.ruleset import RuleSet

Answers = Callable[..., dict[str, str]]
ALL_SAID = "no other medicines; no other conditions; no other foods"
US, EU = "vitamin-d-above-us-upper-limit", "vitamin-d-above-eu-upper-limit"


@pytest.mark.parametrize(
    "dose, expected",
    [
        ("vitamin D3 4000 IU daily", "not-raised"),
        ("vitamin D3 100 mcg daily", "not-raised"),
        ("vitamin D3 4001 IU daily", "raised"),
        ("vitamin D3 100.1 mcg daily", "raised"),
        ("vitamin D3 2000 IU daily; vitamin D2 2000 IU daily", "not-raised"),
        ("vitamin D3 2000 IU daily; vitamin D2 2001 IU daily", "raised"),
        ("vitamin D3 2000 IU twice a day", "not-raised"),
        ("vitamin D3 2001 IU twice a day", "raised"),
        ("vitamin D3 1.25 mg once a week", "raised"),
        ("vitamin D3 20,000 IU once a week", "not-raised"),
        ("vitamin D3 5000 IU; vitamin D 5000 IU daily", "raised"),
        ("vitamin D3 5000 IU", "cannot-tell"),
        ("vitamin D3", "cannot-tell"),
        ("vitamin D3 3000-5000 IU daily", "cannot-tell"),
        ("vitamin D3 5000 IU every other day", "not-raised"),
    ],
)
def test_the_adult_limit_of_vitamin_d(answers: Answers, dose: str, expected: str) -> None:
    """Totals over all products in one unit, compared with 4,000 IU: at the limit is not above it."""
    assert expected == answers(f"{dose}; age 40")[US]


def test_a_weekly_capsule_is_never_read_as_daily(check: Callable[..., Report]) -> None:
    """50,000 IU once a week is 7,143 IU a day on average: above the limit, far from the poisoning range."""
    report = check("50,000 IU D2 once a week; age 40")
    total = report.totals[0].daily
    assert total.low == pytest.approx(50000 / 40 / 7)
    raised = {advisory.rule for advisory in report.advisories}
    assert {US, "vitamin-d-large-spaced-dose"} <= raised
    assert "vitamin-d-far-above-any-limit" not in raised


@pytest.mark.parametrize(
    "age, dose, us, eu",
    [
        ("age 8", "vitamin D3 3000 IU daily", "not-raised", "raised"),
        ("age 8", "vitamin D3 3001 IU daily", "raised", "raised"),
        ("age 9", "vitamin D3 3001 IU daily", "not-raised", "raised"),
        ("age 10", "vitamin D3 2001 IU daily", "not-raised", "raised"),
        ("age 11", "vitamin D3 2001 IU daily", "not-raised", "not-raised"),
        ("age 3", "vitamin D3 2501 IU daily", "raised", "raised"),
        ("age 4", "vitamin D3 2501 IU daily", "not-raised", "raised"),
        ("6 months old", "vitamin D3 1450 IU daily", "not-raised", "raised"),
        ("5 months old", "vitamin D3 1001 IU daily", "raised", "raised"),
    ],
)
def test_authorities_cut_the_ages_differently(answers: Answers, age: str, dose: str, us: str, eu: str) -> None:
    """Each authority's limit by its own ages; the choice of one switches the other off, and none is averaged."""
    assert answers(f"{dose}; {age}", "us")[US] == us
    assert answers(f"{dose}; {age}", "eu")[EU] == eu
    assert EU not in answers(f"{dose}; {age}", "us")


@pytest.mark.parametrize(
    "line", ["alfacalcidol 0.25 mcg daily", "calcitriol 0.5 mcg daily", "Rocaltrol 0.25 mcg daily"]
)
def test_prescription_forms_never_add_to_vitamin_d(check: Callable[..., Report], line: str) -> None:
    """Active forms are medicines: no total in IU, and together with vitamin D a reason to call."""
    assert check(line).totals == ()
    report = check(f"{line}; vitamin D3 1000 IU daily")
    assert [(total.substance, total.daily.high) for total in report.totals] == [("vitamin-d3", 25.0)]
    assert "prescription-vitamin-d-with-vitamin-d" in {advisory.rule for advisory in report.advisories}


@pytest.mark.parametrize(
    "form, rule",
    [
        ("MK-7 100 mcg daily", "mk-7-with-vitamin-k-antagonist"),
        ("K2 MK-4 100 mcg daily", "mk-4-with-vitamin-k-antagonist"),
        ("vitamin K2 100 mcg daily", "vitamin-k2-form-not-said-with-vitamin-k-antagonist"),
        ("vitamin K1 100 mcg daily", "vitamin-k1-with-vitamin-k-antagonist"),
        ("vitamin K 100 mcg daily", "vitamin-k-form-not-said-with-vitamin-k-antagonist"),
        ("natto", "natto-with-vitamin-k-antagonist"),
        ("MK-7", "mk-7-with-vitamin-k-antagonist"),
    ],
)
@pytest.mark.parametrize("medicine", ["warfarin 5 mg", "Coumadin", "Sintrom 4 mg daily", "Marcumar", "phenprocoumon"])
def test_vitamin_k_with_a_vitamin_k_antagonist_is_found(
    check: Callable[..., Report], form: str, rule: str, medicine: str
) -> None:
    """Every form, every member of the class, by generic or brand name, with the amount or without."""
    report = check(f"{form}; {medicine}")
    first = report.advisories[0]
    assert (first.rule, first.action, first.severity) == (rule, "call-first", "serious")
    assert report.exit_code("call-first") == 1


@pytest.mark.parametrize("lines", ["MK-7 100 mcg daily", "MK-7 100 mcg daily; blood thinner", "MK-7 100 mcg daily; age 67",
                                   "MK-7 100 mcg daily; warfrin 5 mg; no other medicines"])  # fmt: skip
def test_an_unnamed_blood_thinner_never_looks_clean(check: Callable[..., Report], lines: str) -> None:
    """No word about medicines, "blood thinner", or a misspelt name: the warfarin rule asks, and the exit is not 0."""
    report = check(lines)
    assert "mk-7-with-vitamin-k-antagonist" in {rule.rule for rule in report.undecided}
    assert any("mk-7-with-vitamin-k-antagonist" in question.could_change for question in report.questions)
    assert report.exit_code("call-first") != 0


@pytest.mark.parametrize(
    "line",
    [
        "methotrexate 10 mg daily", "methotrexate 30 mg daily", "metotrexat 2.5 mg täglich", "MTX 15 mg jeden Tag",
        "Methotrexate 2.5mg - 1 tablet twice a day", "méthotrexate 10 mg lundi et jeudi", "methotrexate daily",
    ],
)  # fmt: skip
def test_methotrexate_more_often_than_once_a_week_is_to_call_about(check: Callable[..., Report], line: str) -> None:
    """Nothing comes before it, also where the line is asked about or refused, whatever else is on the list."""
    report = check(f"vitamin D3 5000 IU daily; {line}; age 60")
    first = report.advisories[0]
    assert (first.rule, first.action) == ("methotrexate-more-often-than-once-a-week", "call-first")


def test_a_misspelt_medicine_is_suggested_and_never_matched(check: Callable[..., Report]) -> None:
    """A near name is shown as a question; it decides nothing."""
    report = check("warfrin 5 mg daily")
    assert report.not_recognised[0].suggestions[0] == "warfarin"
    assert report.regimen[0].items == ()


@pytest.mark.parametrize(
    "lines, first",
    [
        ("digoxin 250 mg daily", "1 line was refused or has an unusual amount: look at it first. No rule "),
        ("digoxin 250 mg daily; warfarin 45 mg daily", "2 lines were refused or have an unusual amount: look at them first. No rule "),
        ("warfarin 25 mg daily", "1 line was refused or has an unusual amount: look at it first. No rule "),
        ("warfarin 25 mg daily, label checked", "No rule "),
        ("warfarin 5 mg daily", "No rule "),
    ],
)  # fmt: skip
def test_no_flag_never_comes_before_a_line_that_was_refused(
    check: Callable[..., Report], lines: str, first: str
) -> None:
    """Where nothing was raised because an amount was not used, or may be a slip, that is said first."""
    report = check(f"{lines}; age 60")
    assert not report.advisories
    assert report.nothing_raised.startswith(first)


def test_saying_no_to_blood_thinners_settles_the_question(answers: Answers) -> None:
    """ "No other medicines" and "not on warfarin" close what they name, and only that."""
    rule = "mk-7-with-vitamin-k-antagonist"
    assert answers("MK-7 100 mcg daily; no other medicines")[rule] == "not-raised"
    assert answers("MK-7 100 mcg daily; no blood thinners")[rule] == "not-raised"
    assert answers("MK-7 100 mcg daily; not on Eliquis")[rule] == "cannot-tell"


def test_pairing_notes_stay_away_from_blood_thinners(answers: Answers) -> None:
    """Nothing that speaks well of K2 appears while a blood thinner is taken or may be."""
    for medicine in ("warfarin", "Eliquis", "blood thinner", ""):
        found = answers(f"vitamin D3 1000 IU daily; MK-7 100 mcg daily; age 67; {medicine}")
        assert found["vitamin-d3-with-mk-7-in-documented-amounts"] != "raised"
        assert answers(f"vitamin D3 1000 IU daily; {medicine}")["vitamin-d3-without-vitamin-k2"] != "raised"


def test_a_quiet_result_says_what_it_is(check: Callable[..., Report]) -> None:
    """When nothing is raised the report says that this is no clearance."""
    report = check(f"magnesium 100 mg daily; age 40; {ALL_SAID}")
    assert report.advisories == ()
    assert "does not mean" in report.nothing_raised
    assert report.exit_code("ask-soon") == 0


def test_milligrams_of_k2_are_noticed(answers: Answers) -> None:
    """45 mg is a prescription strength or a slip for 45 mcg; 1 mg itself is not above 1 mg."""
    rule = "vitamin-k2-in-milligrams"
    assert answers("K2 MK-7 45 mg daily")[rule] == "raised"
    assert answers("K2 MK-7 45 mg")[rule] == "raised"
    assert answers("K2 MK-7 45 mcg daily")[rule] == "not-raised"
    assert answers("K2 MK-7 1 mg daily")[rule] == "not-raised"


def test_calcium_of_a_salt_counts_between_its_two_meanings(check: Callable[..., Report]) -> None:
    """1,250 mg of calcium carbonate holds 500 mg of calcium, unless the label means the calcium: a range, not a guess."""
    total = check("calcium carbonate 1250 mg twice a day").totals[0].daily
    assert (total.low, total.high) == (1000, 2500)
    exact = check("calcium carbonate 1250 mg (500 mg elemental) twice a day").totals[0].daily
    assert (exact.low, exact.high) == (1000, 1000)


def test_calcium_over_fifty_has_the_lower_limit(answers: Answers) -> None:
    """The US limit is 2,500 mg to 50 years and 2,000 mg from 51."""
    rule = "calcium-above-us-upper-limit"
    assert answers("calcium 2400 mg daily; age 50")[rule] == "not-raised"
    assert answers("calcium 2400 mg daily; age 51")[rule] == "raised"
    assert answers("calcium 2400 mg daily")[rule] == "cannot-tell"


def test_unknown_strength_beside_a_known_one_is_at_least_the_known(check: Callable[..., Report]) -> None:
    """A product whose amount is not known can only add: a limit that is passed stays passed."""
    report = check("vitamin D3 5000 IU daily; vitamin D3 daily; age 40")
    assert report.totals[0].daily.low == 125
    assert report.totals[0].daily.high is None
    assert US in {advisory.rule for advisory in report.advisories}


def test_findings_come_gravest_first(check: Callable[..., Report]) -> None:
    """What to do first, then how bad, then how sure; no score."""
    report = check("vitamin D3 12000 IU daily; MK-7 400 mcg daily; warfarin; age 67")
    actions = [advisory.action for advisory in report.advisories]
    assert actions == sorted(actions, key=["call-first", "ask-soon", "mention", "good-to-know"].index)
    assert len(set(actions)) > 1


def test_every_rule_is_accounted_for(check: Callable[..., Report], ruleset: RuleSet) -> None:
    """Raised, not raised, undecided and not applicable add up to the whole rule set."""
    counts = check("vitamin D3 5000 IU daily; warfarin").counts
    total = counts.raised + counts.superseded + counts.not_raised + counts.undecided + counts.not_applicable
    assert total == len(ruleset.rules)


NEVER_CLEAN = (
    # a stop word about something else, or about something that may still matter
    "I stopped smoking and take warfarin 5 mg daily; K2 MK-7 100 mcg daily",
    "quit smoking, warfarin 5 mg daily; K2 MK-7 100 mcg daily",
    "stopped warfarin but restarted; K2 MK-7 100 mcg daily",
    "stopped warfarin yesterday; K2 MK-7 100 mcg daily",
    "warfarin on hold; K2 MK-7 100 mcg daily",
    "I stopped dialysis; vitamin D3 1000 IU daily; age 50",
    "sarcoidosis stopped; vitamin D3 1000 IU daily; age 50",
    # what was named without its name
    "pills for my atrial fibrillation; K2 MK-7 100 mcg daily",
    "blood thinner; aspirin 81 mg; K2 MK-7 100 mcg daily",
    # numbers cut short, negative, or with a factor beside them
    "vitamin D3 1,00 IU daily; age 50",
    "vitamin D3 5,0000 IU daily; age 50",
    "vitamin D3 -5 IU daily; age 50",
    "vitamin D3 1000 IU x 5 daily; age 50",
    "vitamin D3 5 x 1000 IU daily; age 50",
    "vitamin D3 1000 IU/ml 5 ml daily; age 50",
    # a blood value is no dose
    "calcium 10.9 mg/dL; age 50",
    # a denial that denies something else, and other people
    "No, I take warfarin; K2 MK-7 100 mcg daily", "none, warfarin; K2 MK-7 100 mcg daily",
    "my husband takes warfarin; K2 MK-7 100 mcg daily", "previously warfarin; K2 MK-7 100 mcg daily",
    "mother had kidney stones; vitamin D3 1000 IU daily; age 50",
    # how often, said for another thing or twice
    "vitamin D3 10000 IU, magnesium 400 mg weekly; age 50",
    "vitamin D3 10000 IU. K2 100 mcg weekly; age 50",
    "vitamin D3 2500 IU Mon and Thu, morning and with dinner; age 50",
    "vitamin D3 50000 IU for 3 days every month; age 50",
    # signs that were not understood
    "vitamin D 3\u00d72000 IU daily; age 50", "vitamin D3 >2000 IU daily; age 50", "vitamin D3 2000 IU \u2469 capsules daily; age 50",
    "D3.5000 IU daily; age 50", "vitamin D3 \u202e0005\u202c IU daily; age 50",
    # one count for a combination
    "vitamin D3 2000 IU + K2 MK-7 100 mcg, 3 capsules daily; age 50; not on blood thinners",
    # lab values that may be another one
    "blood calcium (8.5 mg/dl - 10.5 mg/dl) 12.5 mg/dl; vitamin D3 1000 IU daily; age 50",
    "eGFR 90 in 2015, 22 now; vitamin D3 1000 IU daily; age 50", "25-OH-D > 150 ng/ml; vitamin D3 1000 IU daily; age 50",
    # nothing that can be checked
    "0", "# warfarin", "🙂",
)  # fmt: skip


@pytest.mark.parametrize("lines", NEVER_CLEAN)
def test_what_may_matter_never_looks_clean(check: Callable[..., Report], lines: str) -> None:
    """With every list declared complete, what was not understood for certain still ends above 0."""
    assert check(f"{lines}; {ALL_SAID}").exit_code("good-to-know") != 0


@pytest.mark.parametrize(
    "line, low, high",
    [
        ("vitamin D3 50 mcg per 2 capsules, 1 capsule daily", 25, 25),
        ("vitamin D3 3000 IU in 2 capsules daily", 37.5, 75),
        ("less than 5000 IU vitamin D3 daily", 0, 125),
        ("vitamin D3 1000 IU daily at 8 am", 25, 25),
        ("vitamin D3 3000 IU one half tablet daily", 37.5, 37.5),
        ("vitamin D3 2500 IU morning or evening", 62.5, 62.5),
        ("vitamin D3 3000 IU once or twice daily", 75, 150),
        ("vitamin D3 50000 IU every other Sunday", 1250 / 14, 1250 / 14),
        ("vitamin D3 5000 IU one time daily", 125, 125),
        ("vitamin D3 10000 IU quarter tablet daily", 62.5, 62.5),
        ("vitamin D3 2500 IU, calcium 600 mg twice a day", 0, None),
        ("vitamin D3 20000 IU 5 days a week", 500 * 5 / 7, 500 * 5 / 7),
    ],
)
def test_a_total_is_never_higher_than_the_words_allow(
    check: Callable[..., Report], line: str, low: float, high: float | None
) -> None:
    """A divisor that was not understood, "less than", and days of the week do not inflate the lowest total."""
    daily = check(line).totals[0].daily
    assert daily.low == pytest.approx(low)
    assert daily.high == (None if high is None else pytest.approx(high))


@pytest.mark.parametrize(
    "line, daily",
    [
        ("vitamin D3 2000 IU daily with breakfast, lunch and dinner", None),
        ("vitamin D3 2500 IU in the morning and at bedtime", 125),
        ("vitamin D3 2500 IU qam and qpm", 125),
        ("Vitamin D - 3 capsules of 2000 IU daily", 150),
        ("Vitamin D (3 capsules of 2000 IU daily)", 150),
        ("I am taking 4 capsules of vitamin D3 2000 IU daily", 200),
        ("vitamin D3 20000 IU 2/week", 1000 / 7),
        ("one and a half tablets of vitamin D3 1000 IU daily", 37.5),
    ],
)
def test_a_total_is_never_lower_than_the_words_say(
    check: Callable[..., Report], line: str, daily: float | None
) -> None:
    """Times of day, counts and dashes are not lost: the total is right, or it is open."""
    report = check(line)
    found = report.totals[0].daily
    assert found.high == (None if daily is None else pytest.approx(daily))
    assert report.person == ()


def test_a_dose_that_contradicts_its_ceiling_is_not_turned_round(check: Callable[..., Report]) -> None:
    """An interval never stands on its head: four times 600 mg, at most 1,200 mg a day."""
    daily = check("calcium 600 mg four times a day, max 1200 mg a day").totals[0].daily
    assert daily.high is None or daily.low <= daily.high


@pytest.mark.parametrize(
    "line, said", [("vitamin D3 20.000 IU weekly", "20,000 IU"), ("D3 1000 IU in winter", "daily in that season")]
)
def test_what_a_line_does_not_say_in_so_many_words_is_said_back(
    check: Callable[..., Report], line: str, said: str
) -> None:
    """A reading of a doubtful number or of a season stands in the report, not only in `dosenote read`."""
    report = check(line)
    assert any(said in words for words in report.regimen[0].assumed)
    assert f"read as: {said}" in " ".join(render(report).split())


def test_the_newest_lab_value_counts(ruleset: RuleSet, reader: Reader) -> None:
    """The order of the lines does not decide which value is the newest; without dates it may be any of them."""
    for first, second in (("2026-11-02", "2010-11-02"), ("2010-11-02", "2026-11-02")):
        values = {"2026-11-02": "eGFR 22", "2010-11-02": "eGFR 90"}
        labs = ", ".join(f'{{ line = "{values[day]}", date = {day} }}' for day in (first, second))
        regimen = read_regimen(f"labs = [{labs}]", "f", reader)
        assert facts_of(regimen, ruleset.vocabulary).intervals["lab.egfr"] == Interval(22, 22)
    undated = read_regimen('labs = ["eGFR 90", "eGFR 22"]', "f", reader)
    assert facts_of(undated, ruleset.vocabulary).intervals["lab.egfr"] == Interval(22, 90)


@pytest.mark.parametrize(
    "line", ["I am 30 weeks pregnant", "kidney stones at age 12", "no longer pregnant", "I am taking 5 mg warfarin"]
)
def test_a_number_beside_something_else_is_no_age(check: Callable[..., Report], line: str) -> None:
    """An age, or a pregnancy, is a statement of its own."""
    person = check(line).person
    assert not any("old" in words for words in person)
    assert ("pregnant" in person) == (line == "I am 30 weeks pregnant")


def test_the_closing_line_names_what_could_be_graver(check: Callable[..., Report]) -> None:
    """An open question that could turn out graver than anything raised comes first."""
    assert "warfarin" in check("MK-7 100 mcg daily; vitamin D3 3000 IU daily; age 50").next_step
    assert check("MK-7 100 mcg daily; warfarin; age 50").next_step.startswith("MK-7")


def test_a_condition_option_that_names_something_else_is_read_as_that(check: Callable[..., Report]) -> None:
    """A medicine among the conditions is a medicine."""
    assert check("MK-7 100 mcg daily; warfarin; no other medicines").advisories[0].action == "call-first"


def test_numbered_lists_are_lists(check: Callable[..., Report]) -> None:
    """The mark of a list is no amount."""
    for mark in ("1. ", "2) ", "- ", "* ", "• "):
        assert check(f"{mark}vitamin D3 1000 IU daily").totals[0].daily.low == 25


@pytest.mark.parametrize("aside", ["is K2 okay?", "allergic to penicillin", "my husband takes Eliquis"])
def test_what_is_said_aside_puts_no_other_item_in_doubt(check: Callable[..., Report], aside: str) -> None:
    """Cells with semicolons among the items must not make one line of them all."""
    report = check(f"warfarin 5 mg daily; K2 MK-7; 100 mcg; daily; {aside}")
    assert "mk-7-with-vitamin-k-antagonist" in [finding.rule for finding in report.advisories]


def test_what_no_rule_looks_at_is_named(check: Callable[..., Report]) -> None:
    """Recognised is not the same as checked: the sentence on coverage must not let a medicine look cleared."""
    coverage = check(
        "amlodipine 5 mg daily; warfarin 5 mg daily; vitamin D3 1000 IU daily; multivitamin daily"
    ).coverage
    assert coverage.no_rule_for == ("amlodipine",)
    assert "No rule looks at: amlodipine." in coverage.words
    assert "No rule looks at" not in check("vitamin D3 1000 IU daily").coverage.words
    assert check("aspirin 81 mg daily; apixaban 5 mg twice daily").coverage.no_rule_for == ()
    assert check("blood thinner").coverage.no_rule_for == ()
    assert check("TSH 5.8; 25-OH-D 40 ng/mL").coverage.no_rule_for == ("TSH",)
    had = check("gastric bypass; kidney stones; eggs daily; spinach; calcium 500 mg daily").coverage
    assert had.no_rule_for == ("stomach or weight-loss surgery", "eggs")


@pytest.mark.parametrize("spoken_of", ["eGFR <15", "eGFR up to 60"])
def test_a_value_beside_one_that_cannot_be_used_is_not_believed(
    answers: Callable[..., dict[str, str]], spoken_of: str
) -> None:
    """The other may be the newer one: nothing is told from either."""
    rule = "very-low-egfr-with-magnesium"
    assert answers("magnesium 400 mg daily; eGFR 80; no other conditions")[rule] == "not-raised"
    assert answers(f"magnesium 400 mg daily; eGFR 80; {spoken_of}; no other conditions")[rule] == "cannot-tell"


def test_a_blood_value_is_said_back_with_its_day(reader: Reader, ruleset: RuleSet) -> None:
    """A call about a value of years ago must show that it is one."""
    text = 'items = ["D3 1000 IU daily"]\nlabs = [{ line = "25-OH-D 170 ng/mL", date = 2009-03-01 }]'
    found = render(build_report(read_regimen(text, "mine.toml", reader), ruleset, "us"))
    assert "170 ng/mL (425 nmol/L), 1 Mar 2009" in found


def test_a_ratio_is_said_without_a_unit(reader: Reader, ruleset: RuleSet) -> None:
    """The INR has none: neither the value nor the line of the rule is followed by a "1"."""
    found = render(build_report(read_regimen("warfarin\nINR 9", "mine.txt", reader), ruleset, "us"))
    assert "your INR: 9 (the rule: at least 5); a value of your INR was given;" in found.replace("\n    ", " ")
    assert "9 1" not in found
    assert "5 1" not in found


def test_what_was_refused_is_to_be_looked_at_before_any_question(check: Callable[..., Report]) -> None:
    """Its amount is not counted, and it may be anything."""
    one = check("D3 100000 IU daily").next_step
    assert one.startswith('Look again at this line, which was refused: "D3 100000 IU daily" (100,000 IU')
    assert "the first to find" in one
    several = check("; ".join(f"D3 {number}00000 IU daily" for number in range(1, 6))).next_step
    assert several.startswith('Look again at these lines, which were refused: "D3 100000 IU daily", ')
    assert "and 2 more." in several


def test_what_to_call_about_comes_before_what_was_refused(check: Callable[..., Report]) -> None:
    """It is known to be there; both are said."""
    step = check("D3 100000 IU daily; MK-7 100 mcg daily; warfarin").next_step
    assert step.startswith("MK-7 (vitamin K2) with")
    assert "refused" in step


@pytest.mark.parametrize(
    "lines, is_taken",
    [("stopped K2 last week; warfarin", False), ("stopped greens powder; warfarin", False), ("calcium 14 mg/dL", False),
     ("MK-7 100 mcg daily; warfarin", True)],
)  # fmt: skip
def test_what_is_over_is_not_spoken_of_as_taken(check: Callable[..., Report], lines: str, is_taken: bool) -> None:
    """ "If you already take it" is said of what may be taken, and not of what was stopped, or of a blood value."""
    step = check(lines).next_step
    assert "all today" in step
    assert ("If you already take it" in step) is is_taken


@pytest.mark.parametrize(
    "stopped, as_of, is_open",
    [("2026-11-21", "2026-11-21", True), ("2026-11-01", "2026-11-21", True), ("2026-10-22", "2026-11-21", False),
     ("2026-10-23", "2026-11-21", True), ("2020-01-01", "2026-11-21", False)],
)  # fmt: skip
def test_a_medicine_that_was_just_stopped_may_still_act(
    ruleset: RuleSet, reader: Reader, stopped: str, as_of: str, is_open: bool
) -> None:
    """Warfarin stopped today must not make the caution about vitamin K vanish: it cannot be told, and is asked about."""
    text = f'items = ["MK-7 100 mcg daily", {{ line = "warfarin 5 mg daily", stopped = {stopped} }}]\n'
    text += "no_other_medicines = true\n"
    regimen = read_regimen(text, "me.toml", reader)._replace(as_of=date.fromisoformat(as_of))
    report = build_report(regimen, ruleset, "us")
    rule = "mk-7-with-vitamin-k-antagonist"
    assert rule not in {one.rule for one in report.advisories}
    assert (rule in {one.rule for one in report.undecided}) is is_open
    shown = " ".join(render(report).split())
    assert ("Could it still act?" in shown) is is_open
    assert ("and may still act" in shown) is is_open
    page = as_text(page_of(report, "patient", date.fromisoformat(as_of)))
    assert ("warfarin may still act" in page) is is_open


def test_values_on_both_sides_of_a_line_still_raise_the_milder_rule(check: Callable[..., Report]) -> None:
    """eGFR 29 or 31: one of the two rules holds, so it is not silence; below 30 the graver one takes its place."""
    rules = {"low-egfr-with-calcium", "very-low-egfr-with-calcium"}
    for values, raised in (("eGFR 29; eGFR 31", "low"), ("eGFR 29", "very-low"), ("eGFR 30", "low")):
        report = check(f"{values}; calcium 500 mg daily")
        shown = {one.rule for one in report.advisories} & rules
        assert shown == {f"{raised}-egfr-with-calcium"}


@pytest.mark.parametrize(
    "said", ["1 day old", "3 days old", "1 month old", "2 months old", "30 months old", "1 year old", "67 years old"]
)
def test_an_age_is_said_back_as_one_says_it(check: Callable[..., Report], said: str) -> None:
    """In days below a month, in months below a year: "0.1 months" nobody says."""
    shown = {"30 months old": "2.5 years old"}.get(said, said)
    assert shown in check(f"vitamin D3 400 IU daily; {said}").person


def test_two_ages_are_told_apart_in_words(check: Callable[..., Report]) -> None:
    """Three days are 0.0082 years, which nobody would know again."""
    with pytest.raises(DosenoteError, match="two answers for age: 67 and 3 days old"):
        check("age 67; 3 days old")


@pytest.mark.parametrize(
    "lines, rule, condition, consequence",
    [
        (
            "vitamin D3 1000 IU daily; blood calcium 11.5 mg/dL",
            "raised-blood-calcium-value-with-vitamin-d",
            "you have high blood calcium",
            "another note, at least as grave, then takes its place",
        ),
        (
            "vitamin K2 100 mcg daily; warfarin; no other medicines",
            "vitamin-k2-form-not-said-with-vitamin-k-antagonist",
            "you take vitamin K2 (MK-7)",
            "another note may then take its place",
        ),
        ("vitamin D3 1000 IU daily", "vitamin-d-with-fat", "you are below 18 years old", "it is not written for that"),
        ("vitamin D3 1000 IU daily", "vitamin-d-with-fat", "you take it with food (vitamin D)", ""),
        (
            "vitamin D3 1000 IU daily; MK-7 100 mcg daily; age 40; female; no medicines; no conditions",
            "vitamin-d3-with-mk-7-in-documented-amounts",
            "you are pregnant",
            "it is not written for that",
        ),
    ],
)
def test_what_would_take_a_finding_away_does_not_read_as_good_news(
    check: Callable[..., Report], lines: str, rule: str, condition: str, consequence: str
) -> None:
    """Each says what comes in the place of the finding, or that it does not speak of such a person."""
    found = next(one for one in check(lines).advisories if one.rule == rule)
    wanted = f"{condition}: {consequence}" if consequence else condition
    assert wanted in [row.words for row in found.unless]


def test_a_list_with_two_doses_of_one_medicine_asks_on_which_days(reader: Reader, ruleset: RuleSet) -> None:
    """ "5 mg daily" and below it "2.5 mg Sunday": the second may be in place of the first, and the page says so."""
    regimen = read_regimen("warfarin 5 mg daily\nwarfarin 2.5 mg Sunday\n", "list.txt", reader, date(2026, 11, 21))
    shown = " ".join(render(build_report(regimen, ruleset, "us")).split())
    assert "(it is not clear whether that is taken in place of the daily dose, or as well)" in shown


def test_a_loading_course_is_told_step_by_step_beside_its_total(check: Callable[..., Report]) -> None:
    """Which step somebody is at is not known: both are named with what they make a day, and no limit is settled."""
    report = check("vitamin D3 50,000 IU weekly for 6 weeks then 800 IU daily; age 67")
    (total,) = report.totals
    assert "7,142.86 IU" in total.words
    assert "then 800 IU (20 mcg) a day: which step it is now is not known" in total.words
    assert US in {one.rule for one in report.undecided}
    (plain,) = check("vitamin D3 800 IU daily; age 67").totals
    assert "step" not in plain.words
