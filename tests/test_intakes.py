"""Documented intakes: whose value stands beside a total, for whom, and what lint says of a table that is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, copy_vocabulary
from dosenote.errors import RuleError
from dosenote.lint import lint
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render.text import render
from dosenote.report import Report, build_report
from dosenote.report.model import Reference
from dosenote.rule import JURISDICTIONS
from dosenote.rulefiles import Files
from dosenote.ruleset import RuleSet, load

TODAY = date(2026, 11, 21)
ALL = "vitamin D3 400 IU daily; calcium 500 mg daily; vitamin K1 50 mcg daily; magnesium 100 mg daily"
#: name, lowest and highest, by the substance that it is stated for.
Stated = dict[str, set[tuple[str, float, float | None]]]


def recommended(report: Report) -> list[Reference]:
    return [one for total in report.totals for one in total.references if one.kind == "recommended"]


def stated(report: Report) -> Stated:
    """Every recommended intake of a report."""
    found: Stated = {}
    for one in recommended(report):
        found.setdefault(one.substance, set()).add((one.name, one.amount.low, one.amount.high))
    return found


def one(name: str, low: float, high: float | None = None) -> set[tuple[str, float, float | None]]:
    return {(name, low, low if high is None else high)}


# --- whose value, and for whom: figures as the sources print them


@pytest.mark.parametrize(
    "jurisdiction, who, expected",
    [
        ("us", "age 67; female", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 1200), "vitamin K": one("AI", 90), "magnesium": one("RDA", 320)}),
        ("us", "age 67; male", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 1000), "vitamin K": one("AI", 120), "magnesium": one("RDA", 420)}),
        ("us", "age 71; male", {"vitamin D": one("RDA", 20), "calcium": one("RDA", 1200), "vitamin K": one("AI", 120), "magnesium": one("RDA", 420)}),
        ("us", "age 67", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 1000, 1200), "vitamin K": one("AI", 90, 120), "magnesium": one("RDA", 320, 420)}),
        ("us", "age 30; pregnant", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 1000), "vitamin K": one("AI", 90), "magnesium": one("RDA", 350)}),
        ("us", "age 17; pregnant", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 1300), "vitamin K": one("AI", 75), "magnesium": one("RDA", 400)}),
        ("us", "age 30; female", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 1000), "vitamin K": one("AI", 90), "magnesium": one("RDA", 310, 350)}),
        ("us", "age 6 months", {"vitamin D": one("AI", 10), "calcium": one("AI", 260), "vitamin K": one("AI", 2.5), "magnesium": one("AI", 75)}),
        ("us", "age 5 months", {"vitamin D": one("AI", 10), "calcium": one("AI", 200), "vitamin K": one("AI", 2), "magnesium": one("AI", 30)}),
        ("us", "age 1", {"vitamin D": one("RDA", 15), "calcium": one("RDA", 700), "vitamin K": one("AI", 30), "magnesium": one("RDA", 80)}),
        ("us", "", {
            "vitamin D": one("AI", 10) | one("RDA", 15, 20), "calcium": one("AI", 200, 260) | one("RDA", 700, 1300),
            "vitamin K": one("AI", 2, 120), "magnesium": one("AI", 30, 75) | one("RDA", 80, 420),
        }),
        ("eu", "age 67; female", {"vitamin D": one("AI", 15), "calcium": one("PRI", 950), "vitamin K1": one("AI", 70), "magnesium": one("AI", 300)}),
        ("eu", "age 24; male", {"vitamin D": one("AI", 15), "calcium": one("PRI", 1000), "vitamin K1": one("AI", 70), "magnesium": one("AI", 350)}),
        ("eu", "age 30; pregnant", {"vitamin D": one("AI", 15), "calcium": one("PRI", 950), "vitamin K1": one("AI", 70), "magnesium": one("AI", 300)}),
        ("eu", "age 7 months", {"vitamin D": one("AI", 10), "calcium": one("AI", 280), "vitamin K1": one("AI", 10), "magnesium": one("AI", 80)}),
        ("eu", "age 6 months", {}),
        ("uk", "age 67; female", {"vitamin D": one("RNI", 10), "calcium": one("RNI", 700)}),
        ("uk", "age 30; breastfeeding", {"vitamin D": one("RNI", 10), "calcium": one("RNI", 1250)}),
        ("uk", "age 30; female", {"vitamin D": one("RNI", 10), "calcium": one("RNI", 700, 1250)}),
        ("uk", "age 30; male", {"vitamin D": one("RNI", 10), "calcium": one("RNI", 700)}),
        ("uk", "age 12", {"vitamin D": one("RNI", 10), "calcium": one("RNI", 800, 1000)}),
        ("uk", "age 3", {"calcium": one("RNI", 350)}),
        ("uk", "age 6 months", {}),
        ("jp", "age 67; female", {"vitamin D": one("AI", 9), "vitamin K": one("AI", 150)}),
        ("jp", "age 30; pregnant", {"vitamin D": one("AI", 9)}),
        ("jp", "age 6 months", {"vitamin D": one("AI", 5)}),
        ("jp", "age 10", {"vitamin D": one("AI", 8)}),
    ],
)  # fmt: skip
def test_the_value_is_that_of_the_person(
    jurisdiction: str, who: str, expected: Stated, check: Callable[..., Report]
) -> None:
    """Age, sex, pregnancy and breastfeeding choose the amount; what was not said leaves a range of them."""
    assert expected == stated(check(f"{ALL}; {who}", jurisdiction))


@pytest.mark.parametrize(
    "jurisdiction, who, expected",
    [
        ("us", "", {("RDA", "vitamin D", "for ages from 1 year", ("age",)), ("AI", "vitamin D", "for ages below 1 year", ())}),
        ("eu", "", {("AI", "vitamin D", "for ages from 7 months", ("age",))}),
        ("uk", "", {("RNI", "vitamin D", "for ages from 4 years", ())}),
        ("uk", "age 30", {("RNI", "vitamin D", "", ())}),
        ("jp", "", {("AI", "vitamin D", "", ("age",))}),
    ],
)  # fmt: skip
def test_whom_a_value_is_for_is_said_where_the_person_may_be_another(
    jurisdiction: str, who: str, expected: set[tuple[str, str, str, tuple[str, ...]]], check: Callable[..., Report]
) -> None:
    """Of an unknown age a table that begins at 4 years says so."""
    found = recommended(check(f"vitamin D3 400 IU daily; {who}", jurisdiction))
    assert expected == {(one.name, one.substance, one.only_for, one.depends_on) for one in found}


def test_a_value_without_pregnancy_says_so(check: Callable[..., Report]) -> None:
    """Japan's value for adults was not read for pregnancy."""
    found = recommended(check("vitamin K1 50 mcg daily; age 30; female", "jp"))
    assert [(one.name, one.amount.low, one.only_for) for one in found] == [("AI", 150.0, "if not pregnant")]


def test_a_value_for_k1_never_stands_beside_k2(check: Callable[..., Report]) -> None:
    """EFSA sets a value for phylloquinone only."""
    assert stated(check("MK-7 100 mcg daily; age 67; female", "eu")) == {}
    assert stated(check("MK-7 100 mcg daily; age 67; female", "us")) == {"vitamin K": one("AI", 90)}


def test_a_value_of_a_group_stands_beside_the_total_of_the_group(check: Callable[..., Report]) -> None:
    """D2 and D3 are parts: neither alone is held against what is stated for vitamin D."""
    report = check("vitamin D2 400 IU daily; vitamin D3 1000 IU daily; age 67; female")
    named = {total.substance: {one.name for one in total.references} for total in report.totals}
    assert named == {"vitamin-d": {"RDA", "UL", ""}, "vitamin-d2": set(), "vitamin-d3": set()}


def test_a_value_says_whose_it_is_and_where_it_stands(check: Callable[..., Report]) -> None:
    """Name, authority, what it counts, source and place; and no rule, since none states it."""
    (found,) = recommended(check("calcium 500 mg daily; age 67; female"))
    assert (found.name, found.in_full) == ("RDA", "Recommended Dietary Allowance")
    assert (found.by, found.counts, found.rule) == ("US Food and Nutrition Board", "food and supplements", "")
    (place,) = found.sources
    assert place.source == "fnb-intakes-elements"
    assert place.link.startswith("https://www.ncbi.nlm.nih.gov/books/NBK545442/")
    assert place.locator.startswith("calcium column")


PEOPLE = st.fixed_dictionaries(
    {
        "age": st.sampled_from(["5 months", "6 months", "7 months", *map(str, (1, 3, 4, 9, 10, 13, 18, 19, 30, 50, 51, 70, 71, 90))]),
        "sex": st.sampled_from(["female", "male"]),
        "pregnant": st.sampled_from(["pregnant", "not pregnant"]),
    }
)  # fmt: skip


@given(
    person=PEOPLE,
    hidden=st.sets(st.sampled_from(["age", "sex", "pregnant"])),
    jurisdiction=st.sampled_from(JURISDICTIONS),
)
def test_saying_less_never_excludes_the_true_value(
    person: dict[str, str], hidden: set[str], jurisdiction: str, check: Callable[..., Report]
) -> None:
    """The range for somebody of whom less is known holds the value of whoever it is."""
    if person["sex"] == "male":
        person = person | {"pregnant": "not pregnant"}
    said = [f"age {person['age']}", person["sex"], person["pregnant"]]
    shown = [words for words, key in zip(said, ("age", "sex", "pregnant"), strict=True) if key not in hidden]
    known, less = (stated(check("; ".join([ALL, *words]), jurisdiction)) for words in (said, shown))
    for substance, values in known.items():
        for name, low, high in values:
            ranges = [(least, most) for other, least, most in less[substance] if other == name]
            assert any(least <= low and (most is None or (high is not None and high <= most)) for least, most in ranges)


# --- what a limit is


def kinds(report: Report) -> dict[str, tuple[str, str]]:
    """The kind and the name of every value that a rule states."""
    return {one.rule: (one.kind, one.name) for total in report.totals for one in total.references if one.rule}


def test_an_upper_level_is_told_from_a_customary_amount(check: Callable[..., Report]) -> None:
    """The rule says which value it repeats; a rule that says nothing states no authority's value."""
    found = kinds(check("vitamin D3 400 IU daily; age 67"))
    assert found == {
        "vitamin-d-above-us-upper-limit": ("upper-limit", "UL"),
        "vitamin-d-above-customary-amount": ("other", ""),
        "vitamin-d-far-above-any-limit": ("other", ""),
    }
    assert kinds(check("vitamin K1 50 mcg daily; age 67", "uk"))["vitamin-k1-above-uk-guidance"] == (
        "other",
        "guidance level",
    )


def test_every_authority_states_its_upper_level(check: Callable[..., Report]) -> None:
    """One for vitamin D in each jurisdiction, for an adult 100 mcg in all of them."""
    for jurisdiction in JURISDICTIONS:
        (total,) = check("vitamin D3 400 IU daily; age 67", jurisdiction).totals
        (limit,) = [one for one in total.references if one.kind == "upper-limit"]
        assert (limit.amount.low, limit.amount.high, limit.amount.unit) == (100.0, 100.0, "mcg")
        assert limit.by
        assert limit.sources


def test_an_upper_level_for_a_range_of_ages_is_a_range(check: Callable[..., Report]) -> None:
    """An age that was not said leaves every limit of the table possible."""
    (total,) = check("vitamin D3 400 IU daily").totals
    (limit,) = [one for one in total.references if one.kind == "upper-limit"]
    assert (limit.amount.low, limit.amount.high, limit.depends_on) == (25.0, 100.0, ("age",))


def test_in_pregnancy_the_limit_for_pregnancy_stands_alone(check: Callable[..., Report]) -> None:
    """A rule that takes the place of another does so beside the total, too; where it may apply, it says of whom it is."""
    (known,) = check("calcium 500 mg daily; age 30; pregnant").totals
    assert [one.rule for one in known.references if one.kind == "upper-limit"] == ["calcium-in-pregnancy-above-limit"]
    (unknown,) = check("calcium 500 mg daily; age 30; female").totals
    limits = {one.rule: one.only_for for one in unknown.references if one.kind == "upper-limit"}
    assert limits == {"calcium-above-us-upper-limit": "", "calcium-in-pregnancy-above-limit": "in pregnancy"}


# --- never


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_no_value_of_another_authority_appears(
    jurisdiction: str, ruleset: RuleSet, check: Callable[..., Report]
) -> None:
    """The user's choice selects; nothing is averaged, and every value is one that a file states."""
    written = {limit.number for intake in ruleset.intakes_for(jurisdiction) for limit in intake.amounts}
    authorities = {intake.by for intake in ruleset.intakes if intake.jurisdiction == jurisdiction}
    for who in ("", "age 67; female", "age 30; pregnant", "age 9"):
        for found in recommended(check(f"{ALL}; {who}", jurisdiction)):
            assert found.by in authorities
            assert {found.amount.low, found.amount.high} <= written


def test_a_withdrawn_intake_never_appears(ruleset: RuleSet, check: Callable[..., Report]) -> None:
    """It stays in its file, and no report shows it."""
    gone = tuple(intake._replace(withdrawn={"date": TODAY, "reason": "a slip"}) for intake in ruleset.intakes)
    regimen = Regimen(Reader(ruleset.vocabulary, ruleset.products).read_all(f"{ALL}; age 67; female".split(";")))
    assert recommended(check(f"{ALL}; age 67; female"))
    assert recommended(build_report(regimen, replace(ruleset, intakes=gone), "us")) == []


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
@pytest.mark.parametrize("amount", ["1 IU", "400 IU", "100,000 IU"])
def test_a_total_is_never_compared_with_what_is_recommended(
    jurisdiction: str, amount: str, check: Callable[..., Report]
) -> None:
    """The words of an authority's value are the same however much is taken, and speak of food."""
    usual, other = (
        [words for words in _beside(check(f"vitamin D3 {taken} daily; age 67", jurisdiction)) if "It counts" in words]
        for taken in ("1,000 IU", amount)
    )
    assert usual == other != []
    for words in usual:
        assert "It counts food too." in words
        assert not any(word in words for word in (" below ", " enough", " need", " more ", " less ", " short"))


def _beside(report: Report) -> list[str]:
    """The words of each value that stands beside a total, without the numbers of its sources."""
    printed = render(report).partition("TOTALS OVER")[2].partition("\n\n")[0]
    values = " ".join(line if line[:5] == "     " else f"|{line}" for line in printed.splitlines()).split("|")
    return [" ".join(value.split()).partition(" [")[0] for value in values]


def test_both_units_are_printed(check: Callable[..., Report]) -> None:
    """Vitamin D in IU and in mcg."""
    printed = " ".join(_beside(check("vitamin D3 400 IU daily; age 67; female")))
    assert (
        "600 IU (15 mcg) a day: RDA for vitamin D (Recommended Dietary Allowance, US Food and Nutrition Board)"
        in printed
    )


# --- lint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our vocabulary, sources and intakes, without a rule."""
    (tmp_path / "rules").mkdir()
    copied = copy_vocabulary(tmp_path / "rules")
    shutil.copytree(ROOT / "rules" / "intakes", copied / "intakes")
    return copied


def linted(folder: Path) -> list[str]:
    try:
        return lint(folder, TODAY)[1]
    except RuleError as error:
        return list(error.mistakes)


GOOD = """\
[calcium-rda]
substance = "calcium"
name      = "RDA"
in_full   = "Recommended Dietary Allowance"
by        = "An authority"
counts    = "food and supplements"
source    = "iom-2011"
locator   = "page 1"
reviewed  = 2026-11-20
amounts   = [
  { age = { below = "9 years" }, value = "700 mg" },
  { age = { at_least = "9 years", below = "51 years" }, value = "1000 mg" },
  { age = { at_least = "51 years" }, sex = { is = "female" }, value = "1200 mg" },
  { age = { at_least = "51 years" }, sex = { is = "male" }, value = "1000 mg" },
]
"""


def test_a_good_table_lints_clean(folder: Path) -> None:
    """The table of which the wrong ones are edits is right, and so are ours."""
    assert linted(folder) == []
    (folder / "intakes" / "us.toml").write_text(GOOD, "utf-8")
    assert linted(folder) == []


@pytest.mark.parametrize(
    "before, after, messages",
    [
        ('locator   = "page 1"\n', "", ['1: "locator" is missing']),
        ('locator   = "page 1"', 'locator   = " "', ["8: locator is empty"]),
        ("locator ", "lokator ", ['1: "locator" is missing', '8: "lokator" is not known here. Did you mean locator?']),
        ('"iom-2011"', '"iom-2012"', ['7: no source is called "iom-2012". Did you mean iom-2011?']),
        ('"calcium"', '"calcum"', ['2: no supplement with a unit is called "calcum". Did you mean calcium?']),
        ('"food and supplements"', '"food"', ['6: counts is one of food and supplements or supplements; found "food"']),
        ('"RDA"', '"Safe Intake"', ['3: "safe" tells a person what to swallow or that all is well; use a talk verb']),
        ("2026-11-20", "2026-11-22", ["9: 2026-11-22 has not come yet"]),
        ("2026-11-20", "2024-10-20", ["9: last compared with its sources 25 months ago; the most is 24"]),
        ('"700 mg"', '"700 IU"', ['11: "700 IU": calcium.daily is in mg; "IU" does not convert to it']),
        ('"700 mg"', '"700"', ['11: "700": calcium.daily is in mg; the unit is missing']),
        ('{ age = { below = "9 years" }', '{ aeg = { below = "9 years" }', ["11: no fact is called aeg. Did you mean age?"]),
        ('below = "9 years"', 'bellow = "9 years"', ['11: "bellow" does not fit age, which knows above, at_least, below, at_most. Did you mean below?']),
        ('{ age = { below = "9 years" }', '{ age = { at_most = "9 years" }', ["11: write the ages of an intake with at_least and below"]),
        ('{ age = { below = "9 years" }', '{ calcium.taken = { is = true }', ["11: an intake may depend on age, sex, pregnant, lactating, not on calcium.taken"]),
        ('below = "9 years"', 'below = "limit"', ['11: whose limit it is may not depend on "limit"']),
        ('"female" }', '"femal" }', ["13: sex is one of female, male"]),
        ('at_least = "9 years"', 'at_least = "10 years"', ["12: no amount for ages from 9 years to 10 years (female)"]),
        ('at_least = "9 years"', 'at_least = "8 years"', ["12: two amounts for ages from 8 years to 9 years (female)"]),
        ('sex = { is = "male" }, ', "", ["14: two amounts for ages from 51 years to any age on (female)"]),
        ('  { age = { at_least = "51 years" }, sex = { is = "male" }, value = "1000 mg" },\n', "", ["10: women and men are not given amounts for the same ages"]),
        ('below = "9 years"', 'below = "6 months"', ["12: no amount for ages from 6 months to 9 years (female)"]),
        ('below = "9 years"', 'below = "1 year"', ["12: no amount for ages from 1 year to 9 years (female)"]),
        ("2026-11-20", '2026-11-20\nsilent_with = ["warfarine"]', ['10: no medicine or class is called "warfarine". Did you mean warfarin?']),
        ("[calcium-rda]", "[Calcium_RDA]", ["2: the table's name is the id: small letters and figures, with - between words"]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told_with_its_line(before: str, after: str, messages: list[str], folder: Path) -> None:
    """Source, place, words, unit, whom it is for: each with the line to look at, and nothing else."""
    assert GOOD.count(before) >= 1
    (folder / "intakes" / "us.toml").write_text(GOOD.replace(before, after, 1), "utf-8")
    assert [f"intakes/us.toml:{message}" for message in messages] == linted(folder)


def test_two_kinds_never_overlap(folder: Path) -> None:
    """An AI and an RDA for the same person would be two answers, and one name stands in one table."""
    again = GOOD.replace("calcium-rda", "calcium-ai").replace('"RDA"', '"AI"')
    (folder / "intakes" / "us.toml").write_text(GOOD + "\n" + again, "utf-8")
    assert any("two amounts for ages" in mistake for mistake in linted(folder))
    (folder / "intakes" / "us.toml").write_text(GOOD + "\n" + GOOD.replace("calcium-rda", "calcium-two"), "utf-8")
    assert any("calcium has an RDA already" in mistake for mistake in linted(folder))


def test_a_gap_in_pregnancy_is_told(folder: Path) -> None:
    """Pregnancy may be stated from a later age on, and without a hole."""
    text = GOOD.replace('"51 years" }, value = "1000 mg"', '"51 years" }, pregnant = { is = false }, value = "1000 mg"')
    rows = "".join(
        f'  {{ age = {{ at_least = "{low} years", below = "{high} years" }}, pregnant = {{ is = true }}, value = "1000 mg" }},\n'
        for low, high in ((14, 19), (20, 51))
    )
    (folder / "intakes" / "us.toml").write_text(text.replace("amounts   = [\n", f"amounts   = [\n{rows}"), "utf-8")
    assert linted(folder) == ["intakes/us.toml:12: no amount for ages from 19 years to 20 years (female, pregnant)"]


def test_a_file_of_no_jurisdiction_is_told(folder: Path) -> None:
    """Nobody would read its tables."""
    (folder / "intakes" / "usa.toml").write_text(GOOD, "utf-8")
    message = "no file of intakes is called usa.toml; there is one for each of us, eu, uk, jp. Did you mean us?"
    assert [f"intakes/usa.toml:1: {message}"] == linted(folder)


@pytest.mark.parametrize(
    "states, message",
    [
        ('{ kind = "recommended", name = "RDA", by = "A" }', 'kind is one of upper-limit or other; found "recommended"'),
        ('{ kind = "upper-limit", nam = "UL", by = "A" }', '"nam" is not known here. Did you mean name?'),
        ('{ kind = "upper-limit", name = "safe level", by = "A" }', '"safe" tells a person what to swallow or that all is well; use a talk verb'),
    ],
)  # fmt: skip
def test_a_mistake_in_what_a_rule_states_is_told(states: str, message: str, tmp_path: Path) -> None:
    """What an authority recommends is no limit, and its words are held to the words of rules."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "rules" / "dose" / "vitamin-d-above-us-upper-limit.toml"
    lines = [
        f"states    = {states}" if line.startswith("states") else line for line in path.read_text("utf-8").splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    number = next(number for number, line in enumerate(lines, 1) if line.startswith("states"))
    assert f"dose/vitamin-d-above-us-upper-limit.toml:{number}: {message}" in linted(tmp_path / "rules")


def test_a_rule_without_a_jurisdiction_states_no_authoritys_value(tmp_path: Path) -> None:
    """Whose value it is would not be chosen by anybody, and without an amount there is none to state."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "rules" / "dose" / "vitamin-d-yearly-dose.toml"
    path.write_text('states = { kind = "other", name = "UL", by = "A" }\n' + path.read_text("utf-8"), "utf-8")
    found = linted(tmp_path / "rules")
    name = "dose/vitamin-d-yearly-dose.toml:1: "
    assert f"{name}a rule that states an authority's value needs its jurisdiction" in found
    assert f"{name}one row of [when] must say above how much a day: that is the value it states" in found


def test_intakes_are_part_of_the_digest(folder: Path) -> None:
    """A changed intake breaks the seal."""
    before = Files.read(folder).digest
    path = folder / "intakes" / "us.toml"
    path.write_text(path.read_text("utf-8").replace("1200 mg", "1201 mg"), "utf-8")
    assert before != Files.read(folder).digest


def test_ours_are_loaded_in_the_order_of_the_jurisdictions() -> None:
    """Every jurisdiction states something, and each intake belongs to one."""
    found = [intake.jurisdiction for intake in load().intakes]
    assert sorted(found, key=JURISDICTIONS.index) == found
    assert set(found) == set(JURISDICTIONS)


def test_what_is_recommended_to_the_healthy_is_not_shown_beside_a_medicine_that_it_works_against(
    check: Callable[..., Report],
) -> None:
    """Who takes warfarin must not read beside K2 how much vitamin K is recommended; who did not say so, does."""
    for medicine, shown in (("warfarin 5 mg daily", False), ("levothyroxine 75 mcg daily", True)):
        report = check(f"K2 MK-7 100 mcg daily; {medicine}; age 67; female")
        kinds = {one.kind for total in report.totals for one in total.references}
        assert ("recommended" in kinds) == shown
