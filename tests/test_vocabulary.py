"""Names, groups and factors: what is one thing, what may be another, and what never converts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dosenote.clashes import Clash, clashes
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import build, words


def test_only_plain_vitamin_d_and_enoxaparin_convert_from_iu(ruleset: RuleSet) -> None:
    """1 mcg is 40 IU for D2, D3 and vitamin D of unsaid kind; 1 mg is 100 IU for enoxaparin; for nothing else any."""
    factors = {id: entry.mcg_per_iu for id, entry in ruleset.vocabulary.entries.items() if entry.mcg_per_iu}
    of_vitamin_d = dict.fromkeys(("vitamin-d", "vitamin-d2", "vitamin-d3"), Decimal("0.025"))
    assert factors == {**of_vitamin_d, "enoxaparin": Decimal(10)}


@pytest.mark.parametrize(
    "name", ["calcitriol", "alfacalcidol", "calcifediol", "eldecalcitol", "paricalcitol", "doxercalciferol"]
)
def test_prescription_forms_are_medicines(ruleset: RuleSet, name: str) -> None:
    """They belong to no group of vitamin D, and have no unit in which they could be added up."""
    entry = ruleset.vocabulary.by_name[words(name)]
    assert entry.kind == "medicine"
    assert "active-vitamin-d" in ruleset.vocabulary.surely(entry.id)
    assert not ruleset.vocabulary.surely(entry.id) & ruleset.vocabulary.surely("vitamin-d3")


def test_vitamin_k_of_unsaid_form_may_be_any(ruleset: RuleSet) -> None:
    """ "Vitamin K" may be K1 or K2; "vitamin K2" is K2 and may be MK-4 or MK-7, never K1."""
    vocabulary = ruleset.vocabulary
    assert {"vitamin-k1", "vitamin-k2", "vitamin-k2-mk4", "vitamin-k2-mk7"} <= vocabulary.perhaps("vitamin-k")
    assert {"vitamin-k2-mk4", "vitamin-k2-mk7"} == vocabulary.perhaps("vitamin-k2")
    assert {"vitamin-k2-mk7", "vitamin-k2", "vitamin-k"} == vocabulary.surely("vitamin-k2-mk7")


@pytest.mark.parametrize(
    "name, group",
    [
        ("Coumadin", "vitamin-k-antagonist"), ("Jantoven", "vitamin-k-antagonist"), ("Sintrom", "vitamin-k-antagonist"),
        ("Marcumar", "vitamin-k-antagonist"), ("phenindione", "vitamin-k-antagonist"), ("Eliquis", "direct-oral-anticoagulant"),
        ("Xarelto", "direct-oral-anticoagulant"), ("Pradaxa", "direct-oral-anticoagulant"), ("Lovenox", "heparin"),
        ("hydrochlorothiazide", "thiazide-diuretic"), ("indapamide", "thiazide-diuretic"), ("Lanoxin", "cardiac-glycoside"),
        ("clopidogrel", "antiplatelet"), ("Questran", "bile-acid-sequestrant"), ("Xenical", "lipase-inhibitor"),
        ("levothyroxine", "thyroid-hormone"), ("ciprofloxacin", "quinolone-antibiotic"), ("doxycycline", "tetracycline-antibiotic"),
        ("alendronate", "bisphosphonate"), ("prednisone", "corticosteroid"), ("phenytoin", "enzyme-inducing-anticonvulsant"),
    ],
)  # fmt: skip
def test_medicines_are_known_by_generic_and_brand(ruleset: RuleSet, name: str, group: str) -> None:
    """Each is found under its names, in its class."""
    assert group in ruleset.vocabulary.surely(ruleset.vocabulary.by_name[words(name)].id)


@pytest.mark.parametrize("name", ["apixaban", "furosemide", "spironolactone", "clopidogrel", "fondaparinux", "aspirin"])
def test_no_other_medicine_is_a_vitamin_k_antagonist_or_thiazide(ruleset: RuleSet, name: str) -> None:
    """A rule about warfarin or thiazides does not speak to people who take something else."""
    surely = ruleset.vocabulary.surely(ruleset.vocabulary.by_name[words(name)].id)
    assert not surely & {"vitamin-k-antagonist", "thiazide-diuretic"}


@pytest.mark.parametrize(
    "salt, low, high",
    [
        ("carbonate", "0.40", "0.40"),
        ("citrate", "0.21", "0.241"),
        ("gluconate", "0.089", "0.093"),
        ("lactate", "0.13", "0.184"),
    ],
)
def test_salts_of_calcium_hold_their_share(ruleset: RuleSet, salt: str, low: str, high: str) -> None:
    """1,250 mg of carbonate is 500 mg of calcium; hydrates make some shares a range."""
    found = next(one for one in ruleset.vocabulary["calcium"].salts if salt in one.names)
    assert Decimal(low) <= found.elemental_low <= found.elemental_high <= Decimal(high)


def _tables(**entries: dict[str, object]) -> dict[str, dict[str, dict[str, object]]]:
    return {"substances": {"vitamin-d": {"label": "vitamin D", "unit": "mcg"}, **entries}}


@pytest.mark.parametrize(
    "entry, message",
    [
        ({"label": "D", "part_of": ["vitamin-dd"]}, '[new] names "vitamin-dd", which is no entry. Did you mean vitamin-d?'),
        ({"label": "Vitamin-D"}, '"Vitamin-D" is a name of both [vitamin-d] and [new]'),
        ({"label": "x", "part_of": ["new"]}, "[new] is part of itself"),
    ],
)  # fmt: skip
def test_a_vocabulary_that_contradicts_itself_is_refused(entry: dict[str, object], message: str) -> None:
    """A name stands for one thing, and every group that is named exists."""
    assert [Clash("substances", "new", message)] == list(clashes(_tables(new=entry)))


def test_what_follows_from_words_is_a_condition() -> None:
    """A condition that does not exist, or something that is no condition, is named with its place."""
    tables = _tables() | {"writing": {"implied": {"vitamin-d": {"beside": ["outdoors"]}}}}
    assert list(clashes(tables)) == [Clash("writing", "implied.vitamin-d", '"vitamin-d" is no condition.')]


def test_a_picture_is_that_of_a_food_by_its_name() -> None:
    """What is no name of a food is named, and does not break what is read."""
    foods = {"dairy": {"label": "dairy", "narrower": ["milk"]}}
    tables = {"foods": foods, "writing": {"picture": {"milk": ["x"], "mlik": ["y"]}}}
    assert list(clashes(tables)) == [Clash("writing", "picture", '"mlik" is no name of a food')]


def test_an_entry_shows_its_amounts(ruleset: RuleSet) -> None:
    """Vitamin D in both units, calcium in milligrams."""
    assert ruleset.vocabulary["vitamin-d3"].show(125.0) == "5,000 IU (125 mcg)"
    assert ruleset.vocabulary["calcium"].show(1200) == "1,200 mg"
    assert build(_tables()).entries["vitamin-d"].label == "vitamin D"


def test_a_class_is_called_by_a_medicine_that_people_know(ruleset: RuleSet) -> None:
    """What a report asks about has a plain word and a medicine of it, and beside it the term that a pharmacist knows."""
    told = {
        "cardiac-glycoside": ("digoxin", "cardiac glycoside"),
        "direct-oral-anticoagulant": ("apixaban", "direct oral anticoagulant"),
        "thiazide-diuretic": ("hydrochlorothiazide", "thiazide"),
        "integrase-inhibitor": ("dolutegravir", "integrase inhibitor"),
        "calcimimetic": ("cinacalcet", "calcimimetic"),
        "bisphosphonate": ("alendronate", "bisphosphonate"),
        "corticosteroid": ("prednisone", "corticosteroid"),
    }
    for id, names in told.items():
        assert all(name in ruleset.vocabulary[id].label for name in names), id
