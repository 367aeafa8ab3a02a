"""What labels say of real products: the files of rules/products/, how they are checked, and what must be asked."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import ROOT, copy_vocabulary
from dosenote.products import Ingredient, Product, by_name
from dosenote.quantity import Amount
from dosenote.render.product import render_product, render_short, show_ingredient
from dosenote.ruleset import RuleSet, load
from dosenote.vocabulary import words
from test_lint import linted, mistakes_in

GOOD = """
[adcal]
name = "Adcal Chewable"
names = ["adcal chew"]
maker = "Somebody"
market = "UK/IE"
serving = "1 tablet"
ingredients = [
  { substance = "calcium", amount = "600 mg", salt = "carbonate", salt_weight = "1,500 mg" },
  { substance = "vitamin-d3", amount = "400 IU", also = "10 mcg" },
]
url = "https://example.org/adcal"
confidence = "high"
"""


@pytest.fixture(scope="module")
def rule_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our vocabulary and sources in a folder of their own, without a rule or a product."""
    return copy_vocabulary(tmp_path_factory.mktemp("rule_set"))


def product(ruleset: RuleSet, id: str) -> Product:
    return next(one for one in ruleset.products if one.id == id)


def exactly(value: str, unit: str) -> Amount:
    return Amount(Decimal(value), Decimal(value), unit)


# --- the products of the rules


def test_a_label_is_what_one_serving_holds(ruleset: RuleSet) -> None:
    """Calcium and magnesium as the element, the salt beside it, the same amount in a second unit never added."""
    slow_mag, caltrate = product(ruleset, "slow-mag"), product(ruleset, "caltrate-600-d3-us")
    assert slow_mag.ingredients[0] == Ingredient("magnesium", exactly("71.5", "mg"), "chloride")
    assert caltrate.ingredients[1] == Ingredient("vitamin-d3", exactly("20", "mcg"), "", exactly("800", "IU"))
    assert (product(ruleset, "thorne-vitamin-d-liquid").count, product(ruleset, "maxliving-d3-k").form) == (2, "ml")


def test_what_was_not_seen_is_there_without_an_amount(ruleset: RuleSet) -> None:
    """K2 of which nobody saw how much is not left out: a blood thinner would care."""
    held = {one.substance: one.amount for one in product(ruleset, "sunday-d3k2-depot").ingredients}
    assert held == {"vitamin-d3": exactly("20000", "IU"), "vitamin-k2-mk7": None}


def test_a_name_that_two_strengths_share_leads_to_both(ruleset: RuleSet) -> None:
    """Caplet and chewable tablet differ by two: the bare name asks, the full one does not."""
    found = by_name(ruleset.products)
    bare, full = words("Adcal-D3"), words("Adcal-D3 Caplets")
    assert {one.id for one in found[bare]} == {"adcal-d3-caplets", "adcal-d3-chewable"}
    assert all(one.must_ask(bare) for one in found[bare])
    assert [one.must_ask(full) for one in found[full]] == [False]


def test_a_name_with_other_strengths_asks_even_alone(ruleset: RuleSet) -> None:
    """Jarrow's MK-7 is sold with 90 and with 180 mcg; only the first is in the list."""
    (jarrow,) = by_name(ruleset.products)[words("jarrow mk-7")]
    assert jarrow.must_ask(words("jarrow mk-7"))
    assert not jarrow.must_ask(words("Jarrow Formulas MK-7 90 mcg"))
    assert "180 mcg" in jarrow.also_sold


def test_low_confidence_always_asks(ruleset: RuleSet) -> None:
    """What nobody read on a page is never taken at its word; and every other product has seen figures."""
    low = [one for one in ruleset.products if one.confidence == "low"]
    assert low
    assert all(one.must_ask(key) for one in low for key in one.keys)
    assert not [one.id for one in ruleset.products if one.confidence != "low" and "memory" in one.note]


def test_prescription_forms_in_products_stay_medicines(ruleset: RuleSet) -> None:
    """A product with D3 in its name that holds calcitriol holds no vitamin D3."""
    held = {one.substance for one in product(ruleset, "junocal-d3-max").ingredients}
    assert "calcitriol" in held
    assert not held & {"vitamin-d", "vitamin-d2", "vitamin-d3"}


def test_no_product_takes_a_plain_line(ruleset: RuleSet) -> None:
    """ "Magnesium oxide 400" is a line, whoever sells it."""
    keys = by_name(ruleset.products)
    for line in ("magnesium oxide 400", "ergocalciferol 50000", "magnesium glycinate", "vitamin d3 k2", "calcium"):
        assert words(line) not in keys


def test_products_count_in_the_digest(tmp_path: Path, ruleset: RuleSet) -> None:
    """A changed label is a changed rule set."""
    folder = Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))
    path = folder / "products" / "uk.toml"
    path.write_text(path.read_text("utf-8").replace('"300 mg"', '"301 mg"'), "utf-8")
    changed = load(folder)
    assert changed.digest != ruleset.digest
    assert product(changed, "adcal-d3-caplets").ingredients[0].amount == exactly("301", "mg")


# --- what is wrong with a product file


@pytest.mark.parametrize(
    "old, new, line, what",
    [
        ('amount = "400 IU"', 'amount = "400"', 10, '"400" is not an amount'),
        ("substance = \"vitamin-d3\"", "substanc = \"vitamin-d3\"", 10, '"substanc" is not known here'),
        ('"high"', '"sure"', 13, "confidence is one of high, medium or low"),
        ('"UK/IE"', '"Britain"', 6, '"Britain" is not a market'),
        ('"vitamin-d3"', '"vitamin-d33"', 10, 'no substance of the vocabulary. Did you mean vitamin-d3?'),
        ('"calcium", amount', '"natto", amount', 9, '"natto" is no substance'),
        ('"600 mg"', '"600 IU"', 9, "calcium has no international unit here"),
        ('"600 mg"', '"600 ml"', 9, '"ml" is no unit'),
        ('"600 mg"', '"0 mg"', 9, "an amount of nothing"),
        ('"10 mcg"', '"100 mcg"', 10, "100 mcg is not 400 IU"),
        ('"1,500 mg"', '"600 mg"', 9, "600 mg of calcium carbonate does not hold 600 mg"),
        ('"carbonate"', '"carbonat"', 9, '"carbonat" is no salt of [calcium]. Did you mean carbonate?'),
        ('amount = "400 IU", also = "10 mcg"', 'amount = "400 mg"', 10, "is the unit right?"),
        ('"1 tablet"', '"1 tablett"', 7, '"tablett" is no form'),
        ('"1 tablet"', '"0 tablet"', 7, "a serving of nothing"),
        ('url = "https://example.org/adcal"', "", 13, "high confidence needs the url"),
        ('"adcal chew"', '"calcium carbonate 1500 mg"', 4, "a plain line may say just that"),
        ('"adcal chew"', '"Adcal chewable"', 4, "is written twice"),
        ('"adcal chew"', '"Coumadin"', 4, '"Coumadin" is a name of [warfarin], which this product does not hold'),
        ('"UK/IE"', '"UK/IE"\nshared = ["adcal"]', 3, "shared names and also_sold go together"),
        ('"UK/IE"', '"UK/IE"\nnote = "Please take two."', 7, "tells a person what to swallow"),
        ('amount = "400 IU", also = "10 mcg"', 'also = "10 mcg"', 10, "give amount, too"),
        ('salt = "carbonate", ', "", 9, "salt_weight needs the salt"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(rule_set: Path, old: str, new: str, line: int, what: str) -> None:
    """Each mistake alone: the file, the line of the row, and what is wrong."""
    assert old in GOOD
    found = mistakes_in(rule_set, "products/some.toml", GOOD.replace(old, new))
    assert [one for one in found if one.startswith(f"products/some.toml:{line}: ") and what in one]
    assert len(found) == 1 or "substanc" in new  # a misspelt key is also a missing one


def test_a_good_product_has_nothing_wrong(rule_set: Path) -> None:
    """The product that the mistakes are made in."""
    assert mistakes_in(rule_set, "products/some.toml", GOOD) == []


def test_a_common_name_must_be_meant(rule_set: Path) -> None:
    """Two products of one name: told in both, unless both say that it is shared."""
    second = GOOD.replace("[adcal]", "[adcal-two]").replace('"Adcal Chewable"', '"Adcal Two"')
    found = mistakes_in(rule_set, "products/some.toml", GOOD + second)
    assert [one.partition(": ")[2] for one in found] == [
        '"adcal chew" is a name of adcal-two, too; it must be shared in both',
        '"adcal chew" is a name of adcal, too; it must be shared in both',
    ]
    shared = (GOOD + second).replace('names = ["adcal chew"]', 'shared = ["adcal chew"]\nalso_sold = "half of it"')
    assert mistakes_in(rule_set, "products/some.toml", shared) == []


def test_an_id_is_one_product(rule_set: Path) -> None:
    """Two files may not use one id."""
    (rule_set / "products").mkdir(exist_ok=True)
    other = rule_set / "products" / "other.toml"
    other.write_text(GOOD.replace("Adcal Chewable", "Adcal Other").replace("adcal chew", "adcal o"), "utf-8")
    try:
        found = mistakes_in(rule_set, "products/some.toml", GOOD)
    finally:
        other.unlink()
    assert found == ["products/some.toml:3: a product in products/other.toml has the same id"]
    assert linted(rule_set) == []


# --- words


def test_amounts_are_shown_in_both_units(ruleset: RuleSet) -> None:
    """400 IU and 10 mcg are one amount; a range, a bound and an unknown amount are told as what they are."""
    vocabulary = ruleset.vocabulary

    def shown(substance: str, amount: Amount | None, salt: str = "") -> str:
        return show_ingredient(Ingredient(substance, amount, salt), vocabulary)

    assert shown("vitamin-d3", exactly("400", "IU")) == "vitamin D3 400 IU (10 mcg)"
    assert shown("calcium", Amount(Decimal(500), Decimal(1250), "mg"), "carbonate") == (
        "calcium (carbonate), between 500 mg and 1,250 mg"
    )
    assert shown("vitamin-k", Amount(Decimal(0), Decimal(5), "mcg")) == "vitamin K, at most 5 mcg"
    assert shown("vitamin-k", Amount(Decimal(5), None, "mcg")) == "vitamin K, at least 5 mcg"
    assert shown("vitamin-k", None) == "vitamin K, amount not known"
    assert shown("vitamin-a", exactly("5000", "IU")) == "vitamin A 5,000 IU"
    assert shown("alendronic-acid", exactly("70", "mg")) == "alendronic acid 70 mg"


def test_a_product_is_shown_with_what_it_rests_on(ruleset: RuleSet) -> None:
    """The serving, the strengths of the same name, the confidence; nothing that steers the terminal."""
    text = render_product(product(ruleset, "adcal-d3-caplets"), ruleset.vocabulary, 70)
    for part in (
        "1 caplet",
        "calcium (carbonate) 300 mg",
        "200 IU (5 mcg)",
        "Also sold as",
        "Confidence high",
        "https",
    ):
        assert part in text
    bad = product(ruleset, "ideos")._replace(name="Ideos \x1b[2J", note="a\x07b")
    assert "\x1b" not in render_product(bad, ruleset.vocabulary, 70) + render_short(bad, (), ruleset.vocabulary, 70)
    assert "low: not taken at its word" in render_product(bad, ruleset.vocabulary, 70)
