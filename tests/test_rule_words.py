"""Rules in words about nobody in particular: conditions, limits and texts as a pharmacist reads them."""

from __future__ import annotations

import pytest

from dosenote.errors import DosenoteError
from dosenote.render.rule_text import render_rule
from dosenote.render.rule_words import (
    class_members,
    condition_words,
    limit_words,
    pieces,
    row_words,
    source_of,
    states_words,
    text_words,
)
from dosenote.rule import rule_of
from dosenote.ruleset import RuleSet


@pytest.mark.parametrize(
    "table, words",
    [
        ({"medicines": {"include_any": ["warfarin"]}}, "takes warfarin"),
        (
            {"medicines": {"include_any": ["vitamin-k-antagonist"], "include_also": ["antibiotic"]}},
            "takes a blood thinner of the warfarin kind and also takes an antibiotic",
        ),
        (
            {"medicines": {"include_any": ["integrase-inhibitor"]}},
            "takes an HIV medicine of the dolutegravir kind (integrase inhibitor)",
        ),
        ({"medicines": {"include_none": ["warfarin"]}}, "is known to take none of these: warfarin"),
        (
            {"medicines": {"include_unnamed": ["blood-thinner", "anticoagulant"]}},
            "takes something named only as a blood thinner or an anticoagulant, not saying which",
        ),
        ({"conditions": {"include_any": ["kidney-disease", "lymphoma"]}}, "has kidney disease or lymphoma"),
        ({"foods": {"include_any": ["natto", "hard-cheese", "sauerkraut"]}}, "eats natto, hard cheese or sauerkraut"),
        ({"vitamin_k2_mk7.taken": {"is": True}}, "takes vitamin K2 (MK-7)"),
        ({"vitamin_k2_mk7.taken": {"is": False}}, "takes no vitamin K2 (MK-7)"),
        ({"vitamin_k.stopped": {"is": True}}, "has stopped vitamin K"),
        ({"vitamin_k.new": {"is": False}}, "vitamin K is not new"),
        ({"vitamin_d.with_food": {"is": True}}, "takes vitamin D with a meal"),
        ({"methotrexate.more_often_than_usual": {"is": True}}, "takes methotrexate more often than usual"),
        ({"lab.inr_said": {"is": True}}, "told a value: INR"),
        ({"pregnant": {"is": True}}, "is pregnant"),
        ({"lactating": {"is": False}}, "is not breastfeeding"),
        ({"sex": {"is": "female"}}, "is female"),
        ({"age": {"at_least": "6 months", "below": "1 year"}}, "age: at least 6 months and below 1 year"),
        ({"vitamin_d.daily": {"above": "100 mcg"}}, "vitamin D a day: above 4,000 IU (100 mcg)"),
        ({"calcium.each_time": {"at_most": "500 mg"}}, "calcium at one time: at most 500 mg"),
        ({"lab.inr": {"above": "3"}}, "INR: above 3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_is_read_aloud(ruleset: RuleSet, table: dict[str, dict[str, object]], words: str) -> None:
    """Every fact and comparison has words of its own, with both units; known to be none is not merely unsaid."""
    (name, tests) = next(iter(table.items()))
    blank = dict.fromkeys(
        ("title", "severity", "action", "certainty", "certainty_because", "summary", "why", "talk", "mechanism"), ""
    )
    rule, wrong = rule_of(
        "x", "dose",
        {**blank, "when": {name: tests}, "topics": [], "ask": [], "evidence": [], "example": [], "reviewed": "2026-01-01"},
        ruleset.facts, ruleset.vocabulary,
    )  # fmt: skip
    assert wrong == []
    assert condition_words(rule.when[0], ruleset) == words


def test_every_row_of_every_rule_has_words(ruleset: RuleSet) -> None:
    """No row falls back on the names of the file, and no two different rows of a rule read alike."""
    for rule in ruleset.rules:
        rows = (*rule.when, *rule.unless)
        said = [condition_words(row, ruleset) for row in rows]
        assert len(set(said)) == len(set(map(row_words, rows)))
        assert not any(row.fact in words and "_" in words for row, words in zip(rows, said, strict=True))


def test_a_limit_table_has_both_units_and_says_for_whom(ruleset: RuleSet) -> None:
    """The lines of a table in the order of the file."""
    rule = ruleset.rule("vitamin-d-above-us-upper-limit")
    lines = [limit_words(limit, rule, ruleset) for limit in rule.limits]
    assert lines[0] == ("age below 6 months", "1,000 IU (25 mcg) a day")
    assert lines[1] == ("age at least 6 months and below 1 year", "1,500 IU (37.5 mcg) a day")
    assert lines[-1] == ("age at least 9 years", "4,000 IU (100 mcg) a day")


def test_the_documented_value_that_a_limit_repeats_is_named(ruleset: RuleSet) -> None:
    """Whose value it is, by its name, and what it counts; nothing for a rule that repeats none."""
    words = states_words(ruleset.rule("vitamin-d-above-us-upper-limit"))
    assert words == (
        "upper limit, UL (Tolerable Upper Intake Level, US Food and Nutrition Board); counts food and supplements"
    )
    assert words in " ".join(render_rule(ruleset.rule("vitamin-d-above-us-upper-limit"), ruleset, 80).split())
    assert states_words(ruleset.rule("mk-7-with-vitamin-k-antagonist")) == ""


def test_placeholders_become_words(ruleset: RuleSet) -> None:
    """What is filled in for each person stands in brackets; a value of the rule itself is shown as it is."""
    rule = ruleset.rule("mk-7-with-vitamin-k-antagonist")
    assert text_words(rule.summary, rule, ruleset).endswith("can make [the person's medicine] work less well.")
    slots = {piece.text for piece in pieces(rule.summary, rule, ruleset) if piece.is_slot}
    assert slots == {"[the person's medicine]"}
    rule = ruleset.rule("calcium-above-eu-upper-limit")
    assert "The limit is [2,500 mg a day]." in text_words(rule.why, rule, ruleset)
    rule = ruleset.rule("vitamin-d-above-us-upper-limit")
    assert "The limit for you is [the limit for this person]." in text_words(rule.why, rule, ruleset)


def test_no_placeholder_of_any_rule_is_left(ruleset: RuleSet) -> None:
    """Every text of every rule can be read without knowing the file format."""
    for rule in ruleset.rules:
        for text in (rule.summary, rule.why, rule.talk, *rule.ask):
            assert "{" not in text_words(text, rule, ruleset)


def test_what_is_no_placeholder_of_the_rule_stays(ruleset: RuleSet) -> None:
    """A slip in a text is shown, not hidden."""
    rule = ruleset.rule("mk-7-with-vitamin-k-antagonist")
    assert text_words("a {medicine} and {limit}", rule, ruleset) == "a {medicine} and {limit}"


def test_the_members_of_a_class_are_named(ruleset: RuleSet) -> None:
    """Who reads "a blood thinner of the warfarin kind" sees which medicines count as one."""
    members = dict(class_members(ruleset.rule("mk-7-with-vitamin-k-antagonist"), ruleset))
    assert set(members) == {"blood thinner of the warfarin kind"}
    assert {"warfarin", "acenocoumarol"} <= set(members["blood thinner of the warfarin kind"])
    assert dict(class_members(ruleset.rule("vitamin-d-above-us-upper-limit"), ruleset)) == {}


def test_a_source_that_is_not_there_is_named(ruleset: RuleSet) -> None:
    """Rules that were not linted may cite what does not exist: the file and the nearest source are told."""
    rule = ruleset.rule("mk-7-with-vitamin-k-antagonist")
    astray = rule.evidence[0]._replace(source="theuwissen-2031")
    with pytest.raises(DosenoteError) as error:
        source_of(astray, rule, ruleset)
    assert error.value.where == "interaction/mk-7-with-vitamin-k-antagonist.toml"
    assert "Did you mean theuwissen-2013?" in error.value.what


def test_show_has_the_words_and_the_row(ruleset: RuleSet) -> None:
    """`rules show` reads a row aloud and prints it as it stands in the file."""
    shown = render_rule(ruleset.rule("mk-7-with-vitamin-k-antagonist"), ruleset, 80)
    assert "  - takes vitamin K2 (MK-7)\n    in the file: vitamin_k2_mk7.taken is true\n" in shown
    assert "{" not in shown


def test_what_silences_a_rule_and_that_it_was_withdrawn_are_shown(ruleset: RuleSet) -> None:
    """Whoever reads a rule aloud must hear both."""
    rule = ruleset.rule("mk-7-below-studied-amount")
    shown = " ".join(render_rule(rule, ruleset, 80).split())
    assert "UNLESS ANY OF THIS IS KNOWN TO HOLD" in shown
    assert "WITHDRAWN" not in shown
    withdrawn = rule._replace(withdrawn={"date": "2026-11-01", "reason": "its source was retracted"})
    shown = " ".join(render_rule(withdrawn, ruleset, 80).split())
    assert "WITHDRAWN on 2026-11-01: its source was retracted" in shown
