"""rules/HAZARDS.md: whole, every test that it names is there, and the proofs of hazards that belong to no one module."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT
from dosenote.errors import DosenoteError
from dosenote.lint import lint
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render import cds_hooks, csv, fhir_r4, json, markdown, text
from dosenote.report import Report, build_report
from dosenote.rule import ACTIONS
from dosenote.ruleset import Files, RuleSet, load, rules_folder

Answers = Callable[..., dict[str, str]]

HAZARDS = ROOT / "rules" / "HAZARDS.md"
NAMED = re.compile(r"`tests/(test_\w+\.py)::(test_\w+)`")


def _table() -> list[list[str]]:
    """The cells of every row of the one table, without its head."""
    lines = [line for line in HAZARDS.read_text("utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _tests(module: str) -> dict[str, ast.FunctionDef]:
    path = ROOT / "tests" / module
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


# --- the table


def test_every_hazard_has_its_cause_its_control_and_its_proof() -> None:
    """At least 25 rows, no two about one hazard, no cell empty, and a test in each."""
    table = _table()
    assert len(table) >= 25
    assert all(len(row) == 4 and all(row) for row in table)
    assert len({row[0] for row in table}) == len(table)
    assert all(NAMED.search(row[3]) for row in table)


def test_every_test_that_is_named_is_there_and_can_fail() -> None:
    """By its file and its name; it asserts something, or waits for an error, and nothing skips it unasked."""
    for *_, proof in _table():
        assert NAMED.sub("", proof).strip(" ,") == "", proof  # nothing but names of tests
        for module, name in NAMED.findall(proof):
            found = _tests(module).get(name)
            assert found is not None, f"{module}::{name}"
            source = ast.unparse(found)
            calls_helper = any(helper in source for helper in ("_hold_less(", "_hold_crossings(", "_hold_same("))
            assert "assert " in source or "pytest.raises" in source or calls_helper, name
            assert not any("skip" in ast.unparse(one) for one in found.decorator_list), name


def test_the_hazards_are_no_rule(ruleset: RuleSet, tmp_path: Path) -> None:
    """Beside the rules, in no digest and no list: a changed sentence breaks no seal, and lint has nothing to say."""
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert (folder / HAZARDS.name).is_file()
    (folder / HAZARDS.name).write_text("title = 1\n", "utf-8")
    files = Files.read(folder)
    assert HAZARDS.name not in files.names
    assert files.digest == ruleset.digest
    assert files.is_sealed()
    assert lint(folder, max(rule.reviewed for rule in ruleset.rules))[1] == []


# --- what no other module proves


@pytest.mark.parametrize(
    "line",
    ["vitamin D3 5 mg daily", "vitamin D3 5000 mcg daily", "MK-7 100 mg daily", "calcium 500 mcg daily", "magnesium 400 mcg daily",
     "levothyroxine 50 mg daily", "digoxin 125 mg daily", "calcitriol 0.25 mg daily", "warfarin 5 mcg daily", "lithium 400 g daily",
     "methotrexate 15 mg daily", "alendronate 70 mg daily", "vitamin D3 50,000 IU daily"],
)  # fmt: skip
def test_a_slip_of_the_unit_or_of_the_week_is_never_accepted(check: Callable[..., Report], line: str) -> None:
    """mg for mcg, mcg for IU, a week's amount each day: refused or asked about, and the result is not clean."""
    report = check(f"{line}; age 40; male; no other medicines; no other conditions; no other foods")
    assert report.regimen[0].outcome in ("refuse", "ask") or report.regimen[0].questions
    assert report.exit_code("good-to-know") != 0


@pytest.mark.parametrize("medicine", ["apixaban", "Eliquis", "rivaroxaban", "Xarelto", "Pradaxa", "Lixiana"])
def test_a_direct_oral_anticoagulant_is_not_told_like_warfarin(answers: Answers, medicine: str) -> None:
    """Beside K2 it has a milder note of its own, and no rule about warfarin and its kind speaks or stays open."""
    for vitamin in ("MK-7 100 mcg daily", "K2 100 mcg daily", "MK-4 1 mg daily"):
        found = answers(f"{vitamin}; {medicine}; no other medicines; no other foods")
        assert found["vitamin-k2-with-direct-oral-anticoagulant"] == "raised"
        spoken = {rule for rule, answer in found.items() if answer != "not-raised"}
        assert not [rule for rule in spoken if "antagonist" in rule or "blood-thinner-not-named" in rule]


BOUND = [
    ("calcium 500 mg daily", "levothyroxine 50 mcg", "calcium-with-levothyroxine"),
    ("calcium 500 mg daily", "Synthroid", "calcium-with-levothyroxine"),
    ("calcium carbonate 1250 mg daily", "Euthyrox", "calcium-with-levothyroxine"),
    ("iron 65 mg daily", "levothyroxine", "iron-with-levothyroxine"),
    ("magnesium 200 mg daily", "levothyroxine", "magnesium-with-levothyroxine"),
    ("calcium 500 mg daily", "doxycycline 100 mg", "calcium-with-tetracycline-antibiotic"),
    ("calcium 500 mg daily", "Cipro", "calcium-with-quinolone-antibiotic"),
    ("magnesium 200 mg daily", "levofloxacin", "magnesium-with-quinolone-antibiotic"),
    ("zinc 25 mg daily", "ciprofloxacin", "zinc-with-quinolone-antibiotic"),
    ("zinc 25 mg daily", "minocycline", "zinc-with-tetracycline-antibiotic"),
    ("zinc 25 mg daily", "Vibramycin", "zinc-with-doxycycline"),
    ("zinc 25 mg daily", "Fosamax", "zinc-with-bisphosphonate"),
    ("zinc 25 mg daily", "Biktarvy", "zinc-with-integrase-inhibitor"),
    ("calcium 500 mg daily", "Fosamax", "calcium-with-bisphosphonate"),
    ("calcium 500 mg daily", "alendronate 70 mg once a week", "calcium-with-bisphosphonate"),
    ("calcium 500 mg daily", "Tivicay", "calcium-with-dolutegravir"),
]


@pytest.mark.parametrize(("mineral", "medicine", "rule"), BOUND)
def test_a_mineral_beside_a_medicine_that_it_binds_is_told(
    check: Callable[..., Report], answers: Answers, mineral: str, medicine: str, rule: str
) -> None:
    """By generic and brand name, to ask about within days at the latest; and without a word on medicines it is open."""
    actions = {advisory.rule: advisory.action for advisory in check(f"{mineral}; {medicine}").advisories}
    assert actions[rule] in ("call-first", "ask-soon")
    assert answers(mineral)[rule] == "cannot-tell"
    assert answers(f"{mineral}; no other medicines")[rule] == "not-raised"


#: A blood thinner, and what each makes bleeding likelier beside it.
THINNERS = ("warfarin", "Coumadin", "acenocoumarol", "Marcumar", "Eliquis", "Xarelto", "dabigatran", "edoxaban",
            "enoxaparin", "heparin", "fondaparinux")  # fmt: skip
BLEEDING = [
    *((thing, "nsaid-with-anticoagulant", "call-first") for thing in ("ibuprofen", "Advil", "Aleve", "Voltaren", "celecoxib")),
    *((thing, "antiplatelet-with-anticoagulant", "ask-soon") for thing in ("aspirin 81 mg", "Plavix", "ticagrelor")),
]  # fmt: skip


@pytest.mark.parametrize("thinner", THINNERS)
@pytest.mark.parametrize(("thing", "rule", "action"), BLEEDING)
def test_two_that_each_make_bleeding_likelier_are_told(
    check: Callable[..., Report], answers: Answers, thinner: str, thing: str, rule: str, action: str
) -> None:
    """By generic and brand name, also when needed only; either alone, with no other medicines, is no matter of it."""
    for daily in ("daily", "as needed"):
        actions = {one.rule: one.action for one in check(f"{thinner}; {thing} {daily}").advisories}
        assert actions[rule] == action
    assert answers(thing)[rule] == answers(thinner)[rule] == "cannot-tell"
    assert answers(f"{thing} daily; no other medicines")[rule] == "not-raised"


#: What is taken, what is true of the person, the rule, and what the person is told to do at the least.
TOO_MUCH_CALCIUM = [
    ("vitamin D3 1000 IU daily", "high blood calcium", "vitamin-d-with-high-blood-calcium", "call-first"),
    ("calcium 500 mg daily", "hypercalcemia", "calcium-with-high-blood-calcium", "call-first"),
    ("vitamin D3 1000 IU daily", "sarcoidosis", "vitamin-d-with-granulomatous-disease", "call-first"),
    ("vitamin D3 1000 IU daily", "lymphoma", "vitamin-d-with-lymphoma", "ask-soon"),
    ("calcium 500 mg daily", "primary hyperparathyroidism", "calcium-with-primary-hyperparathyroidism", "call-first"),
    ("calcium 500 mg daily", "CKD stage 4", "calcium-with-severe-kidney-disease", "call-first"),
    ("calcium 500 mg daily", "eGFR 12", "very-low-egfr-with-calcium", "call-first"),
    ("vitamin D3 1000 IU daily", "eGFR 12", "very-low-egfr-with-vitamin-d", "call-first"),
    ("magnesium 200 mg daily", "on dialysis", "magnesium-with-severe-kidney-disease", "call-first"),
    ("vitamin D3 1000 IU daily", "kidney stones", "vitamin-d-with-kidney-stones", "ask-soon"),
    ("vitamin D3 1000 IU daily", "blood calcium 2.9 mmol/L", "raised-blood-calcium-value-with-vitamin-d", "call-first"),
    ("vitamin D3 1000 IU daily", "25-OH-D 160 ng/mL", "very-high-25-oh-d-with-vitamin-d", "call-first"),
    ("vitamin D3 1000 IU daily", "Lanoxin", "vitamin-d-with-cardiac-glycoside", "ask-soon"),
    ("calcium 500 mg daily", "digoxin 125 mcg", "calcium-with-cardiac-glycoside", "ask-soon"),
    ("vitamin D3 1000 IU daily", "hydrochlorothiazide", "vitamin-d-with-thiazide", "ask-soon"),
    ("calcium 500 mg daily", "indapamide", "calcium-with-thiazide", "ask-soon"),
    ("vitamin D3 1000 IU daily", "calcitriol", "prescription-vitamin-d-with-vitamin-d", "call-first"),
    ("calcium 500 mg daily", "alfacalcidol 1 mcg daily", "prescription-vitamin-d-with-calcium", "ask-soon"),
    ("calcitriol 0.25 mcg daily", "sarcoidosis", "prescription-vitamin-d-with-granulomatous-disease", "call-first"),
    ("Zemplar", "primary hyperparathyroidism", "prescription-vitamin-d-with-primary-hyperparathyroidism", "call-first"),
    ("One-Alpha", "kidney stones", "prescription-vitamin-d-with-kidney-stones", "ask-soon"),
    ("Rocaltrol", "alfacalcidol", "calcitriol-with-another-prescription-vitamin-d", "call-first"),
    ("calcitriol", "ketoconazole tablets", "prescription-vitamin-d-with-cyp3a4-inhibitor", "call-first"),
]


@pytest.mark.parametrize(("taken", "true", "rule", "action"), TOO_MUCH_CALCIUM)
def test_what_drives_blood_calcium_up_is_told(
    check: Callable[..., Report], answers: Answers, taken: str, true: str, rule: str, action: str
) -> None:
    """By the words of a person, and never "no" before it was said: a condition or medicine that is not told is open."""
    actions = {advisory.rule: advisory.action for advisory in check(f"{taken}; {true}").advisories}
    assert ACTIONS.index(actions[rule]) <= ACTIONS.index(action)  # type: ignore[arg-type]
    is_value = any(word in true for word in ("mmol/L", "ng/mL", "eGFR"))
    assert is_value or answers(taken)[rule] == "cannot-tell"


@pytest.mark.parametrize(
    ("dose", "expected"), [("1000 IU daily; age 5 months", None), ("1001 IU daily; age 5 months", "call-first"),
                           ("3001 IU daily; age 8", "call-first"), ("4001 IU daily; age 9", "ask-soon")],
)  # fmt: skip
def test_a_child_above_every_limit_of_the_age_is_to_call_about(
    check: Callable[..., Report], dose: str, expected: str | None
) -> None:
    """One unit above the highest limit that an authority sets for the age; a child of nine has the limit of adults."""
    rules = ("vitamin-d-above-every-limit-for-a-child", "vitamin-d-above-us-upper-limit")
    actions = {advisory.rule: advisory.action for advisory in check(f"vitamin D3 {dose}").advisories}
    assert next((actions[rule] for rule in rules if rule in actions), None) == expected


@pytest.mark.parametrize("medicine", ["warfarin", "Coumadin", "Marcumar", "acenocoumarol"])
def test_a_very_high_inr_is_to_call_about(check: Callable[..., Report], answers: Answers, medicine: str) -> None:
    """From 5 on, with any medicine of that kind, and with a blood thinner that has no name; without any it is open."""
    rule = "very-high-inr-with-vitamin-k-antagonist"
    actions = {advisory.rule: advisory.action for advisory in check(f"{medicine}; INR 5").advisories}
    assert actions[rule] == "call-first"
    assert answers(f"{medicine}; INR 4.9")[rule] == "not-raised"
    assert answers("INR 9")[rule] == "cannot-tell"
    actions = {advisory.rule: advisory.action for advisory in check("blood thinner; INR 9").advisories}
    assert actions["very-high-inr-with-blood-thinner-not-named"] == "call-first"


@pytest.mark.parametrize(
    "value",
    [">8", "> 8.0 HH", "over 8", "8.2 HH", "8.2 (critical)", "8,2 zu hoch", "this morning: 8.2", "8.2 today", "≥ 5"],
)
def test_a_very_high_inr_is_found_however_it_is_printed(answers: Answers, value: str) -> None:
    """As a bound, and with what meters and laboratories put beside it."""
    assert answers(f"warfarin 5 mg daily; INR {value}")["very-high-inr-with-vitamin-k-antagonist"] == "raised"


@pytest.mark.parametrize(
    ("person", "expected"),
    [("pregnant", "raised"), ("female; age 30", "cannot-tell"), ("", "cannot-tell"), ("female; age 12", "cannot-tell"),
     ("not pregnant", "not-raised"), ("male", "not-raised"), ("age 71", "not-raised")],
)  # fmt: skip
def test_a_pregnancy_is_never_ruled_out_by_silence(answers: Answers, person: str, expected: str) -> None:
    """Warfarin is a reason to call; of a woman of 30 who does not say, and of somebody who says nothing, it is asked."""
    assert answers(f"warfarin 5 mg daily; {person}")["vitamin-k-antagonist-in-pregnancy"] == expected


FORMS = {
    "vitamin K1 100 mcg daily": "vitamin-k1-with-vitamin-k-antagonist",
    "MK-4 100 mcg daily": "mk-4-with-vitamin-k-antagonist",
    "MK-7 100 mcg daily": "mk-7-with-vitamin-k-antagonist",
}


@pytest.mark.parametrize("form", FORMS)
def test_one_form_of_vitamin_k_speaks_for_no_other(answers: Answers, form: str) -> None:
    """What is known of K1, MK-4 or MK-7 is told of that form alone, with warfarin and by amounts."""
    said = "warfarin; no other medicines; no other foods"
    found = answers(f"{form}; {said}")
    assert {rule for rule in FORMS.values() if found[rule] != "not-raised"} == {FORMS[form]}
    much = answers(f"{form.replace('100 mcg', '1.1 mg')}; no other medicines", "uk")
    assert (much["mk-7-above-documented-amounts"] == "raised") == ("MK-7" in form)
    assert (much["vitamin-k1-above-uk-guidance"] == "raised") == ("K1" in form)
    assert (much["vitamin-k2-in-milligrams"] == "raised") == ("K1" not in form)


def test_vitamin_k_that_was_stopped_is_not_forgotten(answers: Answers) -> None:
    """It counts in no total, and beside warfarin its end is itself a reason to call."""
    found = answers("stopped MK-7 in May; warfarin; no other medicines")
    assert found["vitamin-k-stopped-with-vitamin-k-antagonist"] == "raised"
    assert found["mk-7-with-vitamin-k-antagonist"] != "raised"
    for unsure in ("stopped MK-7?", "I think I stopped MK-7", "MK-7?"):
        assert answers(f"{unsure}; warfarin")["vitamin-k-stopped-with-vitamin-k-antagonist"] == "cannot-tell"
    assert answers("MK-7 100 mcg daily; stopped warfarin")["mk-7-with-vitamin-k-antagonist"] != "not-raised"


def _copied(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_changed_rule_changes_the_digest_of_every_report(tmp_path: Path, ruleset: RuleSet) -> None:
    """One figure in one file: the report says which rules it is of, and the set is no longer the sealed one."""
    folder = _copied(tmp_path)
    path = folder / "dose" / "vitamin-d-far-above-any-limit.toml"
    path.write_text(path.read_text("utf-8").replace('above = "250 mcg"', 'above = "251 mcg"'), "utf-8")
    changed = load(folder)
    reports = [
        build_report(Regimen(Reader(one.vocabulary).read_all(["vitamin D3 4000 IU daily"])), one, "us")
        for one in (ruleset, changed)
    ]
    assert reports[0].rules.sha256 != reports[1].rules.sha256
    assert reports[1].rules.sha256[:12] in text.render(reports[1])
    assert not Files.read(folder).is_sealed()
    assert any(path.stem in mistake for mistake in lint(folder, max(one.reviewed for one in ruleset.rules))[1])


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("dose/vitamin-d-far-above-any-limit.toml", lambda content: content[: len(content) // 2]),
        ("interaction/mk-7-with-vitamin-k-antagonist.toml", lambda content: content.replace(b"include_any", b"include_ani")),
        ("vocabulary/medicines.toml", lambda content: content.replace(b'"vitamin-k-antagonist"', b'"vitamin-k-antagonis"')),
        ("condition/calcium-with-kidney-stones.toml", lambda content: b"\x00\xff" + content),
        ("ruleset.toml", lambda _content: b""),
    ],
)  # fmt: skip
def test_a_damaged_rule_file_is_an_error_and_no_result(
    tmp_path: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    """Cut off, misspelt, not text, or empty: nothing is checked with the rest, and the file is named."""
    folder = _copied(tmp_path)
    (folder / name).write_bytes(spoil((folder / name).read_bytes()))
    with pytest.raises(DosenoteError) as error:
        load(folder)
    assert name in str(error.value)
    command = [sys.executable, "-m", "dosenote", "check", "MK-7 100 mcg daily", "warfarin", "--rules", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")


def test_every_finding_says_when_its_rule_was_compared_with_its_sources(check: Callable[..., Report]) -> None:
    """In every format: who reads an old one can see that it is old."""
    report = check("MK-7 100 mcg daily; warfarin; age 67")
    old = report._replace(advisories=tuple(one._replace(reviewed="2019-03-04") for one in report.advisories))
    for render in (text.render, markdown.render, json.render, csv.render, cds_hooks.render, fhir_r4.render):
        printed = " ".join(render(old).split())
        assert "2019-03-04" in printed or "4 Mar 2019" in printed, render.__module__
