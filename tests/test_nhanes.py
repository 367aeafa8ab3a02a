"""The survey benchmark on people of our own making: what is not told is never zero, and counts are counts."""

from __future__ import annotations

import csv
import gzip
import lzma
from collections.abc import Callable
from decimal import Decimal
from math import inf
from pathlib import Path

import pytest

from benchmarks.nhanes import (
    NUTRIENTS,
    Comparison,
    Medicines,
    Someone,
    Survey,
    check_all,
    facts_for,
    lines_of,
    main,
    people_of,
    survey,
)
from dosenote.facts import Facts
from dosenote.logic import FALSE, TRUE, UNKNOWN, Interval
from dosenote.reader import Reader
from dosenote.ruleset import RuleSet

D, K, CALCIUM, MAGNESIUM = (nutrient.entry for nutrient in NUTRIENTS)
NOTHING = Interval(0.0, 0.0)
ANYTHING = Interval(0.0, inf)
K_RULE = "vitamin-k-form-not-said-with-vitamin-k-antagonist"

#: person, age, sex, pregnant, weight, the survey's D, K, calcium and magnesium a day, takes prescriptions
PEOPLE = """
complete,40,male,,1000,17.5,40.0,100.0,,no
refused,40,male,,1000,12.5,40.0,,,no
unsure,40,female,no,1000,,,,,no
unreadable,40,female,no,1000,,,,,no
none,17,female,,1000,,,,,no
warfarin,70,male,,3000,12.5,40.0,,,yes
pregnant,30,female,yes,1000,,,,,unknown
antacid,80,male,,500,,,,,no
unlisted,0,male,,500,40.0,,,,no
"""
#: person, product, name, days, quantity, servings, antacid, what the survey counts of D, K, calcium and magnesium
ITEMS = """
complete,1,PAIR,15,2.0,1.0,0,10.0,,200.0,
complete,2,HALF,30,0.5,0.5,0,12.5,40.0,,
complete,3,FISH OIL,30,1.0,1.0,0,,,,
refused,1,PAIR,7777,2.0,1.0,0,10.0,,200.0,
refused,2,HALF,30,0.5,0.5,0,12.5,40.0,,
unsure,1,PAIR,30,999999.0,499999.5,0,,,,
unreadable,4,SMUDGED,30,1.0,1.0,0,,,,
warfarin,2,HALF,30,0.5,0.5,0,12.5,40.0,,
pregnant,,NO PRODUCT INFORMATION AVAILABLE,30,1.0,,0,,,,
antacid,,9999,,,,2,,,,
antacid,5,THIRDS,4,3.0,1.0,2,,,,25.0
unlisted,3,FISH OIL,30,1.0,1.0,0,40.0,,,
"""
#: product, name, ingredient, amount, unit
PRODUCTS = """
1,PAIR,vitamin d,400.0,IU
1,PAIR,calcium,200.0,mg
2,HALF,vitamin d,25.0,mcg
2,HALF,vitamin k,80.0,mcg
3,FISH OIL,,,other
4,SMUDGED,vitamin d,,
4,SMUDGED,vitamin k,2.0,drops
4,SMUDGED,calcium,100.0,mg
5,THIRDS,magnesium,10.0,mg
5,THIRDS,magnesium,15000.0,mcg
"""
MEDICINES = """
warfarin,WARFARIN
warfarin,NAMELESSINE; LISINOPRIL
"""
_NCHS = ["nchs_vitamin_d_mcg", "nchs_vitamin_k_mcg", "nchs_calcium_mg", "nchs_magnesium_mg"]
COLUMNS = {
    "people": [
        *("person", "age_years", "sex", "pregnant", "weight"),
        *(f"{name}_day" for name in _NCHS),
        "takes_prescriptions",
    ],
    "items": [
        *("person", "product", "product_name", "days_taken_of_30", "quantity_on_a_day", "label_servings_on_a_day"),
        "is_antacid",
        *_NCHS,
    ],
    "medicines": ["person", "medicine"],
    "products": ["product", "product_name", "ingredient", "amount", "unit"],
}
FILES = {"people": PEOPLE, "items": ITEMS, "medicines": MEDICINES, "products": PRODUCTS}
#: Totals a day of D, K, calcium and magnesium.
TOTALS = {
    "complete": (Interval(17.5, 17.5), Interval(40.0, 40.0), Interval(100.0, 100.0), NOTHING),
    "refused": (Interval(12.5, inf), Interval(40.0, 40.0), ANYTHING, NOTHING),
    "unsure": (ANYTHING, NOTHING, ANYTHING, NOTHING),
    "unreadable": (ANYTHING, ANYTHING, Interval(100.0, 100.0), NOTHING),
    "none": (NOTHING, NOTHING, NOTHING, NOTHING),
    "warfarin": (Interval(12.5, 12.5), Interval(40.0, 40.0), NOTHING, NOTHING),
    "pregnant": (ANYTHING, ANYTHING, ANYTHING, ANYTHING),
    "antacid": (NOTHING, NOTHING, ANYTHING, Interval(10 / 3, inf)),
    "unlisted": (ANYTHING, NOTHING, NOTHING, NOTHING),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for stem, text in FILES.items():
        _write(tmp_path, stem, text)
    return tmp_path


@pytest.fixture
def medicines(reader: Reader) -> Medicines:
    return Medicines(reader)


def _write(folder: Path, stem: str, text: str) -> None:
    (folder / f"{stem}.csv").write_text(",".join(COLUMNS[stem]) + text, "utf-8")
    with (folder / f"{stem}.csv").open(encoding="utf-8") as file:
        assert all(None not in row and None not in row.values() for row in csv.DictReader(file)), stem


@pytest.fixture
def people(folder: Path, ruleset: RuleSet, medicines: Medicines) -> dict[str, Someone]:
    return {someone.id: someone for someone in people_of(folder, ruleset, medicines)}


@pytest.fixture
def found(people: dict[str, Someone], ruleset: RuleSet) -> Survey:
    return survey(people.values(), ruleset)


def _facts(someone: Someone, ruleset: RuleSet) -> Facts:
    return facts_for(someone.regimen, bool(someone.taken), ruleset.vocabulary)


def _comparison(found: Survey, entry: str) -> Comparison:
    return next(one for one in found.comparisons if one.nutrient.entry == entry)


@pytest.mark.parametrize("id", TOTALS)
def test_totals_are_exact_or_at_least(people: dict[str, Someone], ruleset: RuleSet, id: str) -> None:
    """IU and mcg, halves of servings and of months; what is refused, not known or not readable is never zero."""
    [(_, checked)] = check_all([people[id]], ruleset)
    for entry, expected in zip((D, K, CALCIUM, MAGNESIUM), TOTALS[id], strict=True):
        assert checked.totals[entry].low == pytest.approx(expected.low, rel=1e-15), entry
        assert checked.totals[entry].high == pytest.approx(expected.high, rel=1e-15), entry


def test_the_columns_are_in_the_units_of_the_vocabulary(ruleset: RuleSet) -> None:
    """Totals in the unit of an entry are compared with columns in the survey's."""
    for nutrient in NUTRIENTS:
        assert ruleset.vocabulary[nutrient.entry].unit == nutrient.unit


def test_complete_answers_are_apart_from_unknown_parts(found: Survey) -> None:
    """Who agrees, who has none, and how the lowest of the others stands to the survey's total."""
    vitamin_d = _comparison(found, D)
    assert (vitamin_d.agree, vitamin_d.none, vitamin_d.differ) == (2, 2, [])  # complete, warfarin; none, antacid
    assert (vitamin_d.open, vitamin_d.equal, vitamin_d.silent, vitamin_d.above) == (5, 1, 3, [])
    assert [(one.person, one.ours, one.theirs) for one in vitamin_d.less] == [("unlisted", 0.0, Decimal("40.0"))]
    calcium = _comparison(found, CALCIUM)
    assert [one.person for one in calcium.differ] == ["unreadable"]  # the survey counts none of what the label lists
    assert "the label lists 100 a day, the survey counts none: SMUDGED" in calcium.differ[0].cause
    assert (calcium.agree, calcium.none, calcium.open, calcium.silent) == (1, 3, 4, 4)


@pytest.mark.parametrize(("total", "status"), [("17.505", 0), ("17.495", 0), ("17.51", 1), ("17.49", 1), ("", 1)])
def test_a_total_beyond_the_roundings_fails(
    folder: Path, capsys: pytest.CaptureFixture[str], total: str, status: int
) -> None:
    """Half of 0.01 mcg for each product and its days, and half of 0.001 mcg for the total: 0.008 mcg here."""
    _write(folder, "people", PEOPLE.replace("1000,17.5,", f"1000,{total},"))
    assert main([str(folder)]) == status
    assert ("vitamin d, differ: person complete, ours 17.5" in capsys.readouterr().out) == bool(status)


def test_a_lowest_above_the_survey_is_shown(folder: Path, ruleset: RuleSet, medicines: Medicines) -> None:
    """ "At least" may be below the survey's total, never above it."""
    _write(folder, "people", PEOPLE.replace("refused,40,male,,1000,12.5", "refused,40,male,,1000,12.4"))
    found = survey(people_of(folder, ruleset, medicines), ruleset)
    assert [one.person for one in _comparison(found, D).above] == ["refused"]
    assert any("ABOVE THEIRS: person refused" in line for line in lines_of(found, medicines, ruleset))


def test_prevalence_counts_people_and_their_weights(found: Survey) -> None:
    """One of nine people, who stands for three of ten; those who cannot be told are counted apart."""
    prevalence = found.prevalence
    assert (prevalence.people, found.with_item) == (9, 8)
    assert prevalence.raised[K_RULE] == 1
    assert prevalence.share(K_RULE) == pytest.approx(100 * 3000 / 10000)
    assert prevalence.undecided[K_RULE] == 1  # pregnant: neither the product nor the medicines were told
    assert prevalence.raised["vitamin-d-with-kidney-stones"] == 0
    assert prevalence.undecided["vitamin-d-with-kidney-stones"] == 7  # all but none and antacid, who take no vitamin D
    assert sum(prevalence.ends.values()) == 9
    assert prevalence.ends["decided"] == 1  # none
    assert prevalence.ends["open"] >= 1


def test_the_output_is_narrow_and_names_every_open_rule(found: Survey, medicines: Medicines, ruleset: RuleSet) -> None:
    """Under 100 columns, and no line for a rule that speaks to nobody."""
    lines = list(lines_of(found, medicines, ruleset))
    ids = {rule.id for rule in ruleset.for_jurisdiction("us")}
    listed = {line.split()[0] for line in lines if line.strip()} & ids
    assert listed == {id for id in ids if found.prevalence.raised[id] or found.prevalence.undecided[id]}
    assert max(map(len, lines)) < 100
    row = next(line for line in lines if K_RULE in line)
    assert row.split() == [K_RULE, "call-first", "1", "30.00", "%", "1"]


def test_at_one_time_is_from_one_piece_to_the_whole_day(people: dict[str, Someone], ruleset: RuleSet) -> None:
    """The survey does not ask; of half a piece there is no less."""
    facts = _facts(people["complete"], ruleset)
    assert facts.intervals["calcium.each_time"] == Interval(100.0, 200.0)
    assert facts.intervals["vitamin_k.each_time"] == Interval(40.0, 40.0)
    magnesium = _facts(people["antacid"], ruleset).intervals["magnesium.each_time"]
    assert magnesium.low == pytest.approx(25 / 3)


def test_a_few_days_may_be_a_weekly_dose_or_a_short_course(people: dict[str, Someone], ruleset: RuleSet) -> None:
    """Four days of thirty are not said to be a week apart, and fifteen cannot be."""
    assert _facts(people["antacid"], ruleset).intervals["magnesium.spaced_dose"].low == 0
    assert _facts(people["antacid"], ruleset).intervals["magnesium.spaced_dose"].high >= 25
    assert _facts(people["complete"], ruleset).intervals["calcium.spaced_dose"] == NOTHING


@pytest.mark.parametrize(("days", "high"), [("5", 200.0), ("6", 0.0)])
def test_weekly_is_on_up_to_five_days_of_thirty(
    folder: Path, ruleset: RuleSet, medicines: Medicines, days: str, high: float
) -> None:
    """Mondays may be five; six are more often than once a week."""
    _write(folder, "items", ITEMS.replace("complete,1,PAIR,15", f"complete,1,PAIR,{days}"))
    someone = next(people_of(folder, ruleset, medicines))
    assert _facts(someone, ruleset).intervals["calcium.spaced_dose"] == Interval(0.0, high)


def test_what_labels_do_not_tell_stays_unknown(people: dict[str, Someone], ruleset: RuleSet) -> None:
    """The rest of a product, what was stopped and the form; who takes nothing takes no iron."""
    facts = _facts(people["complete"], ruleset)
    assert facts.truths["vitamin_d.taken"] == TRUE
    assert facts.truths["magnesium.taken"] == FALSE
    assert facts.truths["multivitamin.taken"] == FALSE
    for name in ("iron.taken", "greens_powder.taken", "vitamin_d3.taken", "vitamin_k.stopped"):
        assert facts.truths[name] == UNKNOWN, name
    assert facts.intervals["zinc.daily"] == ANYTHING
    assert _facts(people["none"], ruleset).truths["iron.taken"] == FALSE
    assert _facts(people["pregnant"], ruleset).truths["multivitamin.taken"] == UNKNOWN


def test_a_person_is_what_the_survey_tells(people: dict[str, Someone], ruleset: RuleSet) -> None:
    """Completed years, 80 or more, a pregnancy where it was told."""
    assert _facts(people["antacid"], ruleset).intervals["age"] == Interval(80.0, inf)
    infant = _facts(people["unlisted"], ruleset).intervals["age"]
    assert infant.below(Interval(0.5, 0.5)) == UNKNOWN
    assert infant.below(Interval(1.0, 1.0)) == TRUE
    assert _facts(people["none"], ruleset).intervals["age"].below(Interval(18.0, 18.0)) == TRUE
    pregnant = {id: _facts(people[id], ruleset).truths["pregnant"] for id in ("pregnant", "unsure", "none")}
    assert pregnant == {"pregnant": TRUE, "unsure": FALSE, "none": UNKNOWN}
    assert _facts(people["complete"], ruleset).truths["conditions:kidney-stones"] == UNKNOWN


@pytest.mark.parametrize(
    ("takes", "names", "id", "truth"),
    [("yes", ["WARFARIN"], "vitamin-k-antagonist", TRUE), ("yes", ["LISINOPRIL"], "vitamin-k-antagonist", FALSE),
     ("no", [], "levothyroxine", FALSE), ("unknown", [], "levothyroxine", UNKNOWN),
     ("yes", [], "levothyroxine", UNKNOWN), ("yes", ["NAMELESSINE"], "levothyroxine", FALSE),
     ("yes", ["LISINOPRIL; WARFARIN"], "vitamin-k-antagonist", TRUE),
     ("yes", ["ANTI-INFECTIVES - UNSPECIFIED"], "antibiotic", UNKNOWN),
     ("yes", ["THYROID HORMONES - UNSPECIFIED"], "thyroid-hormone", UNKNOWN),
     ("no", [], "orlistat", UNKNOWN), ("yes", ["WARFARIN"], "blood-thinner", TRUE),
     ("no", [], "blood-thinner", UNKNOWN), ("yes", ["DEXAMETHASONE OTIC"], "corticosteroid", UNKNOWN)],
)  # fmt: skip
def test_the_list_of_medicines_is_of_those_that_need_a_prescription(
    folder: Path, ruleset: RuleSet, medicines: Medicines, takes: str, names: list[str], id: str, truth: object
) -> None:
    """No is no for them; what is sold without one, a class, and a name read in part stay unknown."""
    _write(folder, "people", f"\nsomeone,50,male,,1,,,,,{takes}\n")
    _write(folder, "medicines", "\n" + "".join(f"someone,{name}\n" for name in names))
    [someone] = people_of(folder, ruleset, medicines)
    assert _facts(someone, ruleset).truths[f"medicines:{id}"] == truth


def test_a_name_that_no_rule_knows_is_counted(
    people: dict[str, Someone], medicines: Medicines, ruleset: RuleSet
) -> None:
    """It hides nothing, and the output says that there are such."""
    assert dict(medicines.unknown) == {"NAMELESSINE": 1}
    assert any("namelessine" in line for line in lines_of(survey(people.values(), ruleset), medicines, ruleset))


@pytest.mark.parametrize(("end", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_packed_files_say_the_same(
    folder: Path, ruleset: RuleSet, medicines: Medicines, end: str, pack: Callable[[bytes], bytes]
) -> None:
    """xz and gzip, beside plain ones."""
    plain = list(people_of(folder, ruleset, medicines))
    for stem in FILES:
        file = folder / f"{stem}.csv"
        Path(f"{file}{end}").write_bytes(pack(file.read_bytes()))
        file.unlink()
    assert list(people_of(folder, ruleset, medicines)) == plain


def test_a_folder_without_the_files_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name, and with the status of a file error."""
    assert main([str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
