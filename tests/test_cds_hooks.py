"""CDS Hooks: cards that pass what is published of them, and from which nothing that matters can be missed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

import regimens
from cards import problems
from conftest import cases
from dosenote.errors import DosenoteError
from dosenote.files import read_regimen
from dosenote.reader import Reader
from dosenote.render.cds_hooks import EXTENSION, LIMIT, render, summary_of
from dosenote.report import Report, build_report
from dosenote.report.model import Tool, Undecided
from dosenote.rule import JURISDICTIONS
from dosenote.ruleset import RuleSet
from hostile import TEXTS
from reports import ACKNOWLEDGED, ADVISORY, EMPTY, FULL, KINDS, with_words
from test_markdown import seen, shape

MARTA = "Vitamin D3 5000 IU daily; K2 MK-7 100 mcg daily; warfarin; age 67"
ALL_SAID = "no other medicines; no other conditions; no other foods"


def cards(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(report))["cards"]
    return found


def told(card: dict[str, Any]) -> dict[str, Any]:
    """What programs are told of a card."""
    found: dict[str, Any] = card["extension"][EXTENSION]
    return found


def is_complete(report: Report) -> None:
    """Every part of the result is in a card, and the grave ones are not behind others."""
    found = cards(report)
    answers = [told(card)["answer"] for card in found]
    raised = {told(card)["rule"]: card for card in found if told(card)["answer"] == "raised"}
    assert {*raised} == {advisory.rule for advisory in report.advisories}
    undecided = [rule for card in found for rule in told(card).get("undecided", [])]
    assert sorted(rule["rule"] for rule in undecided) == sorted(rule.rule for rule in report.undecided)
    pieces = [piece for card in found for piece in told(card).get("notRecognised", [])]
    assert [piece["text"] for piece in pieces] == [piece.text for piece in report.not_recognised]
    assert ("not-recognised" in answers) == bool(
        report.not_recognised or any(line.outcome == "refuse" for line in report.regimen)
    )
    assert ("disagreeing" in answers) == bool(report.disagreements)
    assert answers.count("checked") == 1
    assert len(found) <= len(report.advisories) + 5  # however much is open, it is no flood
    details = "".join(card["detail"] for card in found)
    for rule in report.undecided:
        assert f"rule {rule.rule})" in details
    places = {"call-first": 0, "ask-soon": 1, "mention": 2, "good-to-know": 3}
    order = []
    for card in found:
        one = told(card)
        if one["answer"] == "raised":
            order.append(9 if card["indicator"] == "info" and "acknowledged" in one else places[one["action"]])
        elif one["answer"] == "cannot-tell":
            order.append(min(places[rule["action"]] for rule in one["undecided"]))
            assert (card["indicator"] == "warning") == any(rule["severity"] == "serious" for rule in one["undecided"])
        else:
            order.append(0 if one["answer"] in ("not-recognised", "disagreeing") else 9)
    assert order == sorted(order)


# --- the checker


GOOD = json.loads(render(FULL))


@pytest.mark.parametrize(
    "path, value",
    [
        ("summary", "x" * 140),
        ("summary", ""),
        ("summary", "One sentence. And another."),
        ("summary", "One line\nand another"),
        ("summary", None),
        ("indicator", "grave"),
        ("indicator", None),
        ("uuid", "no-uuid"),
        ("uuid", None),
        ("uuid", "0b5a2a3e-0f70-4c1c-8d43-0a6d1ff6c1a5"),
        ("detail", None),
        ("detail", "<b>bold</b>"),
        ("detail", "text\n\n<div>\n"),
        ("detail", "[x](/relative)"),
        ("detail", "![x](https://example.com/x.png)"),
        ("source", None),
        ("source.label", ""),
        ("source.url", "/relative"),
        ("source.suggestions", [{"label": "x"}]),
        ("source.topic", {"display": "no code"}),
        ("links.0.type", "smart"),
        ("links.0.url", "doi.org/10"),
        ("links.0.url", "javascript:alert(1)"),
        ("links.0.label", None),
        ("links.0.appContext", "x"),
        ("links.0.autolaunchable", True),
        ("links", []),
        ("overrideReasons.0.display", None),
        ("overrideReasons.0.code", None),
        ("suggestions", [{"label": "Take less"}]),
        ("extension", {"rules": {}}),
        ("extension", None),
        ("colour", "red"),
    ],
)
def test_the_checker_sees_a_spoilt_card(path: str, value: Any) -> None:
    """Each published invariant, broken once."""
    spoilt = deepcopy(GOOD)
    *way, last = path.split(".")
    place = next(card for card in spoilt["cards"] if "links" in card)
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert problems(spoilt)
    assert not problems(GOOD)


@pytest.mark.parametrize(
    "response",
    [{}, {"cards": []}, [], {"cards": {}}, {**GOOD, "systemActions": [{}]}, {"cards": GOOD["cards"][:1] * 2}],
)
def test_the_checker_sees_a_spoilt_response(response: Any) -> None:
    """No cards at all, or one twice."""
    assert problems(response)


# --- reports


@pytest.mark.parametrize("kind", KINDS)
def test_cards_of_every_kind_of_report(kind: str) -> None:
    """They pass the checker, and hold all that the report holds."""
    assert problems(json.loads(render(KINDS[kind]))) == []
    is_complete(KINDS[kind])


def as_line(item: Any) -> Any:
    """An item of a regimen file: one that a batch takes in parts is written as a line."""
    if isinstance(item, str) or "line" in item:
        return item
    return f"{item['substance']} {item['amount']} {item['unit']} daily"


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_cards_of_many_regimens(ruleset: RuleSet, reader: Reader, jurisdiction: str) -> None:
    """With the real rules, over random people of whom much, little or nothing is known."""
    chance = random.Random(f"cards {jurisdiction}")
    checked = 0
    for number in range(60):
        row = regimens.regimen(chance, str(number))
        del row["id"]
        row["items"] = list(map(as_line, row["items"]))
        try:
            regimen = read_regimen(json.dumps(row), "test", reader)
            report = build_report(regimen, ruleset, jurisdiction, explain=number % 5 == 0)
        except DosenoteError:
            continue  # somebody who contradicts themselves
        assert problems(json.loads(render(report))) == []
        is_complete(report)
        checked += 1
    assert checked > 50


def test_every_rule_has_a_short_sentence_and_a_source(ruleset: RuleSet) -> None:
    """The summary of each rule fits a card where what is filled in is short; its first source is named."""
    for rule in ruleset.rules:
        plain = ADVISORY._replace(title=rule.title, summary=re.sub(r"\{[^}]*\}", "x", rule.summary))
        assert summary_of(plain) == plain.summary
        assert summary_of(plain._replace(summary="x" * LIMIT)) == rule.title
        assert any(evidence.direction == "for" for evidence in rule.evidence)


@pytest.mark.parametrize(
    "summary, title, expected",
    [
        ("x" * 139, "A title", "x" * 139),
        ("x" * 140, "A title", "A title"),
        ("One. Two.", "A title", "A title"),
        ("With 1.5 mg of it.", "A title", "With 1.5 mg of it."),
        ("x" * 140, "y" * 140, "A finding whose words are too long for this line: its details say which."),
        ("two\nlines", "A title", "two lines"),
    ],
)
def test_a_summary_is_never_cut(summary: str, title: str, expected: str) -> None:
    """Where it is too long or more than a sentence, the title stands there; the whole is in the detail."""
    advisory = ADVISORY._replace(summary=summary, title=title)
    assert summary_of(advisory) == expected
    card = next(
        card for card in cards(FULL._replace(advisories=(advisory,))) if told(card).get("rule") == advisory.rule
    )
    assert seen(summary) in card["detail"]


@pytest.mark.parametrize("severity, expected", [("serious", "critical"), ("moderate", "warning"), ("minor", "info")])
def test_how_bad_makes_the_indicator_and_nothing_else_does(severity: Any, expected: str) -> None:
    """What to do and how sure stand by themselves, never added up."""
    for action in ("call-first", "good-to-know"):
        for certainty in ("high", "very-low"):
            advisory: Any = ADVISORY._replace(severity=severity, action=action, certainty=certainty)
            card = next(card for card in cards(EMPTY._replace(advisories=(advisory,))) if "rule" in told(card))
            assert card["indicator"] == expected
            assert (told(card)["severity"], told(card)["action"], told(card)["certainty"]) == (
                severity,
                action,
                certainty,
            )


def test_who_stands_behind_a_finding_is_its_source(check: Callable[..., Report]) -> None:
    """Not we; and each card leads to what it rests on."""
    report = check(MARTA)
    for card in cards(report):
        if told(card)["answer"] == "raised":
            advisory = next(one for one in report.advisories if one.rule == told(card)["rule"])
            assert "dosenote" not in card["source"]["label"]
            assert advisory.evidence[0].title in card["source"]["label"]
            assert {link["url"] for link in card["links"]} == {one.link for one in advisory.evidence if one.link}
            for evidence in advisory.evidence:  # all of it, for and against, each with its place
                assert seen(evidence.locator) in shape_text(card["detail"])
                assert seen(evidence.says) in shape_text(card["detail"])
        assert told(card)["rules"] == {"version": report.rules.version, "sha256": report.rules.sha256}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "/relative", "https://a b", "https://doi.org/10.1 <b>", ""])
def test_what_is_no_address_is_no_link(link: str) -> None:
    """A source without an address of the web is named, and leads nowhere."""
    cited = ADVISORY.evidence[0]._replace(link=link)
    for advisory in (ADVISORY._replace(evidence=(cited,)), ADVISORY._replace(evidence=(cited, ADVISORY.evidence[1]))):
        response = json.loads(render(EMPTY._replace(advisories=(advisory,))))
        assert problems(response) == []
        card = next(card for card in response["cards"] if "rule" in told(card))
        assert "links" not in card
        assert "url" not in card["source"]
        assert cited.title in card["source"]["label"]


def test_a_finding_without_evidence_names_the_rules() -> None:
    """Somebody stands behind every card."""
    response = json.loads(render(EMPTY._replace(advisories=(ADVISORY._replace(evidence=(), topics=()),))))
    assert problems(response) == []


def shape_text(markdown: str) -> str:
    return " ".join(shape(MarkdownIt("gfm-like").parse(markdown))[1])


def test_the_person_on_warfarin(check: Callable[..., Report]) -> None:
    """The first card is the one to call about; the grave open questions come before what can wait."""
    found = cards(check(MARTA))
    assert [card["indicator"] for card in found[:2]] == ["critical", "warning"]
    assert told(found[0])["rule"] == "mk-7-with-vitamin-k-antagonist"
    assert told(found[1])["answer"] == "cannot-tell"
    assert "warfarin" in found[0]["summary"]
    assert "Call the clinic that checks your INR" in found[0]["detail"]


def test_nothing_raised_is_a_card_that_says_what_was_looked_at(check: Callable[..., Report]) -> None:
    """Never an empty list, and never "fine"."""
    (card,) = cards(check(f"magnesium 100 mg daily; age 40; {ALL_SAID}"))
    assert card["indicator"] == "info"
    assert "no rule raised a flag" in card["summary"]
    assert "this is no clearance" in card["summary"]
    assert "Not covered: herbs" in card["detail"]
    assert "does not mean that this mix is safe for you" in card["detail"]


def test_what_was_not_recognised_is_a_card_that_warns(check: Callable[..., Report]) -> None:
    """By itself, and with near names; a line that was refused stands there, too."""
    report = check(f"warfrin 5 mg; D3 5000 IU (9 mcg) daily; {ALL_SAID}")
    card = next(card for card in cards(report) if told(card)["answer"] == "not-recognised")
    assert card["indicator"] == "warning"
    assert "2 entries" in card["summary"]
    assert "Did you mean warfarin" in card["detail"]
    assert "two amounts that are not the same" in card["detail"]


def test_few_cards_for_somebody_of_whom_nothing_is_known(check: Callable[..., Report]) -> None:
    """Forty rules that could not be told are two cards."""
    report = check("vitamin D3 1000 IU daily")
    assert len(report.undecided) > 20
    assert sum(told(card)["answer"] == "cannot-tell" for card in cards(report)) == 2


def test_a_single_card_of_what_could_not_be_told_holds_all_questions() -> None:
    """Also a question that could change nothing grave."""
    mild = Undecided("mild", "A mild note", "minor", "mention", ("foods:natto",), ("whether you eat natto",))
    question = FULL.questions[0]._replace(fact="age", text="How old are you?", could_change=("mild",))
    report = FULL._replace(questions=(*FULL.questions, question))
    both = report._replace(undecided=(*FULL.undecided, mild))
    for one, count in ((report, 1), (both, 2)):
        details = [card["detail"] for card in cards(one) if told(card)["answer"] == "cannot-tell"]
        assert len(details) == count
        assert "".join(details).count("How old are you?") == 1


def test_what_is_acknowledged_is_folded_and_stays(check: Callable[..., Report]) -> None:
    """In short, at the end, with the reason; a finding to call about stays as it is."""
    found = cards(ACKNOWLEDGED)
    call, soon = (next(card for card in found if told(card).get("rule") == rule) for rule in ("a-call", ADVISORY.rule))
    assert (call["indicator"], soon["indicator"]) == ("critical", "info")
    assert "### SOURCES" in call["detail"]
    assert "### SOURCES" not in soon["detail"]
    assert "my doctor prescribed it" in soon["detail"]
    assert told(soon)["severity"] == "moderate"
    assert found.index(soon) > found.index(call)


def test_a_card_keeps_its_uuid(check: Callable[..., Report]) -> None:
    """For the same rules and the same lines, on another day, when it was acknowledged, explained, or by another version."""

    def uuids(report: Report) -> dict[str, str]:
        return {told(card).get("rule", told(card)["answer"]): card["uuid"] for card in cards(report)}

    first = uuids(FULL)
    assert uuids(ACKNOWLEDGED) == first
    assert uuids(FULL._replace(as_of=None, trace=None, tool=Tool("dosenote", "9"))) == first
    others = (
        FULL._replace(regimen=FULL.regimen[1:]),
        FULL._replace(jurisdiction="eu"),
        FULL._replace(person=("68 years old",)),
        FULL._replace(rules=FULL.rules._replace(sha256="f" * 64)),
    )
    for other in others:
        assert not {*uuids(other).values()} & {*first.values()}
    assert uuids(check(MARTA)) == uuids(check(MARTA))
    assert uuids(check(MARTA)) != uuids(check(MARTA.replace("67", "68")))


def test_there_is_nothing_to_click_that_would_change_a_dose(check: Callable[..., Report]) -> None:
    """No suggestions, and reasons for which a card can be put aside."""
    for card in cards(check(MARTA)):
        assert "suggestions" not in card
        assert ("overrideReasons" in card) == (told(card)["answer"] == "raised")
        assert len(card.get("overrideReasons", range(7))) == 7


@cases(40)
@given(TEXTS)
def test_cards_keep_their_shape_whatever_was_typed(text: str) -> None:
    """The details have the headings, lists and links that they have for a harmless word, and the text in its place."""
    found, harmless = json.loads(render(with_words(text))), json.loads(render(with_words("WORD")))
    assert problems(found) == []
    for card, like in zip(found["cards"], harmless["cards"], strict=True):
        structure, texts = shape(MarkdownIt("gfm-like").parse(card["detail"]))
        expected, words = shape(MarkdownIt("gfm-like").parse(like["detail"]))
        if card["summary"] == like["summary"].replace("WORD", seen(text)):
            assert structure == expected
            assert texts == [word.replace("WORD", seen(text)) for word in words]
        else:  # too long for a summary, or more than a sentence: the title stands there
            assert card["summary"] in (ADVISORY.title, FULL.advisories[0].title)
        assert card["indicator"] == like["indicator"]
