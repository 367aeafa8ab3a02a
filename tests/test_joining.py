"""Findings that are told as one on the page for the visit: what is joined, what never is, and that nothing is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render.page import joining
from dosenote.render.page.html import render as as_html
from dosenote.render.page.make import page_of
from dosenote.render.page.model import Page
from dosenote.render.page.words import as_markdown, as_text
from dosenote.report import Report, build_report
from dosenote.report.model import Acknowledged, Advisory, Because
from dosenote.ruleset import RuleSet
from reports import ADVISORY

DAY = date(2026, 11, 21)
TAKEN = (
    "levothyroxine 75 mcg daily", "alendronate 70 mg weekly", "ciprofloxacin 500 mg daily", "doxycycline 100 mg daily",
    "dolutegravir 50 mg daily", "warfarin 5 mg daily", "digoxin 125 mcg daily", "hydrochlorothiazide 25 mg daily",
    "calcium 500 mg daily", "iron 65 mg daily", "magnesium 200 mg daily", "zinc 15 mg daily", "D3 5000 IU daily",
    "K2 MK-7 100 mcg daily", "vitamin K1 100 mcg daily", "MK-4 45 mg daily", "multivitamin daily", "antacid daily",
    "kidney stones", "kidney disease", "sarcoidosis", "high blood calcium", "myeloma", "eGFR 25", "67 years old",
    "no other medicines", "no other conditions",
)  # fmt: skip


@pytest.fixture(scope="module")
def report(reader: Reader, ruleset: RuleSet) -> Callable[[tuple[str, ...]], Report]:
    """What is found in a list of lines."""
    return lambda lines: build_report(Regimen(reader.read_all(lines)), ruleset, "us")


def rules(group: joining.Group) -> list[str]:
    return [advisory.rule for advisory in group]


def plain(words: str) -> str:
    """The words of a page in a line, without markup."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", words)).translate({ord(char): None for char in "\\*"})
    return " ".join(words.split()).replace(" .", ".")


# --- what is joined


def test_minerals_beside_one_medicine_are_one_entry(report: Callable[..., Report]) -> None:
    """Calcium and iron are of one weight; magnesium, of which less is known, stands by itself."""
    found = report(("levothyroxine", "calcium 500 mg daily", "iron 65 mg daily", "magnesium 200 mg daily"))
    made = page_of(found, "patient", DAY)
    thyroid = [finding for finding in made.findings if "thyroid" in finding.title]
    assert [finding.title for finding in thyroid] == [
        "Calcium and iron with a thyroid hormone (levothyroxine)",
        "Magnesium with a thyroid hormone (levothyroxine)",
    ]
    first = thyroid[0]
    assert [behind.rule for behind in first.behind] == ["calcium-with-levothyroxine", "iron-with-levothyroxine"]
    assert first.because == "You take levothyroxine; you take calcium; you take iron"
    assert first.what_to_do == "What to do, for each of calcium and iron:"
    assert "Ask your doctor before you start or drop calcium or iron" in first.talk
    assert "If you are pregnant, or had thyroid cancer, call today (for iron)." in first.talk
    assert first.talk.count("how many hours") == 1


def test_each_waiting_time_stays_with_its_own_rule(report: Callable[..., Report]) -> None:
    """Two hours in one text and four in another are told each with its source, below what they are about."""
    found = report(("levothyroxine", "calcium 500 mg daily", "iron 65 mg daily"))
    text = plain(as_text(page_of(found, "clinician", DAY)))
    calcium, _, iron = text.partition("With calcium:")[2].partition("With iron:")
    assert "at least 4 hours apart" in calcium
    assert "at least 2 hours between iron" not in calcium
    assert "at least 2 hours between iron" in iron.partition("iron-with-levothyroxine")[0]


@pytest.mark.parametrize(
    "change",
    [
        {"action": "mention"}, {"severity": "serious"}, {"certainty": "high"}, {"kind": "timing"},
        {"acknowledged": Acknowledged("known", "2027-01-31")}, {"title": "Iron with another medicine"},
        {"summary": "Other words.", "talk": "Quite other words. Nothing is the same."},
        {"because": (Because("medicines", "liothyronine", "", "", "you take liothyronine"),
                     Because("iron.taken", "yes", "is", "yes", "you take iron"))},
        {"because": (Because("medicines", "levothyroxine", "", "", "you take levothyroxine"),
                     Because("iron.daily", "65 mg a day", "above", "45 mg", "iron a day: 65 mg"))},
    ],
)  # fmt: skip
def test_what_differs_in_weight_or_matter_is_never_joined(change: dict[str, object]) -> None:
    """Severity, action, certainty, kind, medicine, an amount that counts, what is known of, or other words."""
    calcium, iron = _made("calcium"), _made("iron")
    assert [rules(group) for group in joining.groups([calcium, iron])] == [["calcium", "iron"]]
    changed = iron._replace(**change)  # type: ignore[arg-type]
    assert [rules(group) for group in joining.groups([calcium, changed])] == [["calcium"], ["iron"]]


def _made(name: str, more: str = "") -> Advisory:
    return ADVISORY._replace(
        rule=name,
        title=f"{name.title()} with a medicine",
        summary=f"{name.title()} can bind it.",
        talk=f"Ask how many hours. Ask before you drop {name}.{more}",
        because=(
            Because("medicines", "levothyroxine", "", "", "you take levothyroxine"),
            Because(f"{name}.taken", "yes", "is", "yes", f"you take {name}"),
        ),
        kind="interaction",
        acknowledged=None,
    )


def test_what_some_say_is_marked_as_theirs() -> None:
    """Also a sentence of two of three; a name that another's sentence has by itself is never taken for a partner's."""
    said = joining.joined(
        [
            ["Ask today.", "Is your blood calcium checked?", "Show the box."],
            ["Ask today.", "Is your blood calcium checked?", "Do you need iron?"],
            ["Ask today.", "Is your blood zinc checked?", "Show the box.", "Do you need zinc?"],
        ],
        ("calcium", "iron", "zinc"),
    )
    assert said == (
        "Ask today.",
        "Is your blood calcium checked (for calcium and iron)?",
        "Is your blood zinc checked?",
        "Show the box (for calcium and zinc).",
        "Do you need iron or zinc?",
    )


# --- nothing is lost

NAMES = ("calcium", "iron", "vitamin D", "MK-7")
SENTENCES = st.lists(
    st.sampled_from(["Ask today.", "Do you need {}?", "{} can bind.", "It counts.", "Call."]),
    unique=True,
)  # fmt: skip


@given(pieces=st.lists(SENTENCES, min_size=1, max_size=4))
def test_each_sentence_of_each_is_told_and_no_other(pieces: list[list[str]]) -> None:
    """Whatever several findings say: what is told of a partner is what its finding says, and all of it."""
    names = NAMES[: len(pieces)]
    filled = [
        [_begun(words.format(name)) for words in sentences] for sentences, name in zip(pieces, names, strict=True)
    ]
    told = joining.joined(filled, names)
    for name, sentences in zip(names, filled, strict=True):
        assert {_of(name, one, names) for one in told} - {""} == {sentence.casefold() for sentence in sentences}


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _of(name: str, told: str, names: tuple[str, ...]) -> str:
    """What a sentence says of one partner: "" where it is said of others only."""
    told = told.casefold()
    marked = re.fullmatch(r"(.*) \(for (.*)\)([.?])", told)
    name = name.casefold()
    if marked:
        return marked[1] + marked[3] if name in re.split(", | and ", marked[2]) else ""
    lists = "|".join(re.escape(each.casefold()) for each in names)
    listed = re.search(rf"(?:(?:{lists}), )*(?:{lists}) or (?:{lists})", told)
    if listed:
        return told.replace(listed[0], name) if name in re.split(", | or ", listed[0]) else ""
    own = [each.casefold() for each in names if re.search(rf"(?:need |^){re.escape(each.casefold())}(?:\?| can)", told)]
    return told if name in own or not own else ""


@cases(40)
@given(lines=st.lists(st.sampled_from(TAKEN), min_size=3, max_size=12, unique=True))
def test_nothing_of_a_finding_is_lost(report: Callable[..., Report], lines: list[str]) -> None:
    """Each rule, each value, each piece of evidence with its source, and each word of advice is on the page."""
    found = report(tuple(lines))
    made = page_of(found, "both", DAY)
    groups = joining.groups(found.advisories)
    assert sorted(rule for group in groups for rule in rules(group)) == sorted(one.rule for one in found.advisories)
    forms: tuple[Callable[[Page], str], ...] = (as_html, as_markdown, partial(as_text, width=10**6))
    for form in forms:
        words = plain(form(made))
        for advisory in found.advisories:
            assert re.search(rf"Rule:? {re.escape(advisory.rule)}\b", words)
            assert plain(advisory.certainty_because) in words
            assert advisory.mechanism in words
            for row in advisory.because:
                assert plain(row.words).casefold() in words.casefold()
            for cited in (*advisory.evidence[:1], *(advisory.evidence if form is not forms[0] else ())):
                assert plain(cited.says) in words
                assert plain(cited.title.rstrip(".")) in words
                assert plain(cited.locator) in words
    for group, finding in zip(groups, made.in_order, strict=True):
        assert len({(one.severity, one.action, one.certainty, one.kind) for one in group}) == 1
        assert [behind.rule for behind in finding.behind] == rules(group)
        for advisory, behind in zip(group, finding.behind, strict=True):
            for sentence in re.split(r"(?<=[.?!]) +(?=[A-Z])", f"{advisory.summary} {advisory.talk}"):
                parts = re.split(re.escape(behind.partner), sentence.rstrip(".?!"), flags=re.IGNORECASE)
                parts = parts if behind.partner else [sentence]
                assert all(part in f"{finding.summary} {finding.talk}" for part in parts)
