"""Two lists: what changed, which findings came or went, and by which changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.difference import Difference, difference_of
from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import facts_of
from dosenote.files import read_regimen
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render.difference import render, render_json
from dosenote.ruleset import RuleSet

LINES = (
    "vitamin D3 1000 IU daily", "vitamin D3 5000 IU daily", "vitamin D3 50000 IU weekly", "MK-7 100 mcg daily",
    "warfarin", "calcium 600 mg daily", "calcium 500 mg twice daily", "kidney stones", "no other medicines",
    "OsteoMax", "levothyroxine 75 mcg daily", "stopped warfarin in May", "natto", "eGFR 25",
)  # fmt: skip


@pytest.fixture(scope="module")
def differ(reader: Reader, ruleset: RuleSet) -> Callable[[str, str], Difference]:
    """The difference of two lists, items parted by semicolons."""

    def difference(old: str, new: str) -> Difference:
        one, two = (Regimen(reader.read_all(text.split(";"))) for text in (old, new))
        return difference_of(one, two, ruleset, "us")

    return difference


def test_a_finding_is_laid_to_the_one_line_that_made_it(differ: Callable[[str, str], Difference]) -> None:
    """Among other changes: K2 beside warfarin raises the one, a larger dose the other."""
    found = differ(
        "D3 2000 IU daily; warfarin; age 60", "D3 5000 IU daily; warfarin; MK-7 100 mcg daily; age 60; zinc 5 mg daily"
    )
    words = [(change.before, change.after) for change in found.changes]
    by_rule = {finding.rule: finding for finding in found.findings}
    assert ("D3 2000 IU daily", "D3 5000 IU daily") in words
    mk7 = by_rule["mk-7-with-vitamin-k-antagonist"]
    assert (mk7.before, mk7.after) == ("not-raised", "raised")
    assert [words[number] for number in mk7.because] == [("", "MK-7 100 mcg daily")]
    limit = by_rule["vitamin-d-above-us-upper-limit"]
    assert [words[number] for number in limit.because] == [("D3 2000 IU daily", "D3 5000 IU daily")]


def test_two_changes_that_only_together_raise_a_finding_are_both_named(
    differ: Callable[[str, str], Difference],
) -> None:
    """Neither MK-7 alone nor warfarin alone."""
    found = differ(
        "zinc 5 mg daily; no other medicines", "zinc 5 mg daily; no other medicines; warfarin; MK-7 100 mcg daily"
    )
    because = next(finding.because for finding in found.findings if finding.rule == "mk-7-with-vitamin-k-antagonist")
    assert sorted(found.changes[number].after for number in because) == ["MK-7 100 mcg daily", "warfarin"]


def test_what_is_gone_is_said(differ: Callable[[str, str], Difference]) -> None:
    """And which finding went with it."""
    found = differ("warfarin; MK-7 100 mcg daily", "warfarin")
    assert [(change.before, change.after) for change in found.changes] == [("MK-7 100 mcg daily", "")]
    turned = {finding.rule: (finding.before, finding.after) for finding in found.findings}
    assert turned["mk-7-with-vitamin-k-antagonist"] == ("raised", "not-raised")
    assert "NO LONGER RAISED: CALL FIRST: MK-7" in render(found)


@cases(40)
@given(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=5), st.lists(st.sampled_from(LINES), min_size=1, max_size=5)
)
def test_a_difference_is_that_of_the_two_reports(
    reader: Reader, ruleset: RuleSet, differ: Callable[[str, str], Difference], old: list[str], new: list[str]
) -> None:
    """Every rule whose answer differs, no other; and the changes named for it are enough, and each is needed."""
    found = differ(";".join(old), ";".join(new))

    def answers(lines: list[str]) -> dict[str, str]:
        facts = facts_of(Regimen(reader.read_all(lines)), ruleset.vocabulary)
        return {one.rule.id: one.answer for one in evaluate(ruleset.for_jurisdiction("us"), facts)}

    before, after = answers(old), answers(new)
    assert {one.rule: (one.before, one.after) for one in found.findings} == {
        id: (before[id], after[id]) for id in before if before[id] != after[id]
    }

    def changed(numbers: tuple[int, ...]) -> list[str]:
        lines = list(old)
        for number in numbers:
            change = found.changes[number]
            if change.before:
                lines.remove(change.before)
            if change.after:
                lines.append(change.after)
        return lines

    for finding in found.findings:
        assert answers(changed(finding.because))[finding.rule] == finding.after
        if len(finding.because) > 1:
            for number in finding.because:
                fewer = tuple(other for other in finding.because if other != number)
                assert answers(changed(fewer))[finding.rule] != finding.after


def test_the_same_list_in_another_order_is_the_same(differ: Callable[[str, str], Difference]) -> None:
    """Nothing changed, and nothing is said to be well."""
    found = differ("warfarin;MK-7 100 mcg daily;D3 1000 IU daily", "D3 1000 IU daily;warfarin;MK-7 100 mcg daily")
    assert found == Difference((), ())
    assert "does not mean" in render(found)


def test_dates_and_the_person_are_changes(reader: Reader, ruleset: RuleSet) -> None:
    """ "Stopped in May" beside a line, an age, a list declared complete."""
    old = read_regimen('items = ["warfarin"]\n[person]\nage = 66\n', "old", reader)
    new = read_regimen(
        'items = [{ line = "warfarin", stopped = 2026-05-01 }]\nno_other_medicines = true\n[person]\nage = 67\n',
        "new",
        reader,
    )
    found = difference_of(old, new, ruleset, "us")
    assert {(change.before, change.after) for change in found.changes} == {
        ("warfarin", "warfarin, stopped 2026-05-01"),
        ("age 66", "age 67"),
        ("", "no other medicines"),
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [("age 66", "age 70; warfarin; MK-7 100 mcg daily"), ("male", "pregnant; warfarin; MK-7 100 mcg daily")],
)
def test_changes_that_contradict_one_another_alone(
    differ: Callable[[str, str], Difference], old: str, new: str
) -> None:
    """Each list is consistent, so the difference is told."""
    found = differ(f"zinc 5 mg daily; {old}", f"zinc 5 mg daily; {new}")
    assert "mk-7-with-vitamin-k-antagonist" in {finding.rule for finding in found.findings}


def test_json_is_an_object_that_nothing_can_steer(differ: Callable[[str, str], Difference]) -> None:
    """The same difference gives the same bytes; control characters are made visible."""
    found = differ("warfarin", "warfarin; \x1b[2JMK-7 100 mcg daily")
    text = render_json(found)
    assert json.loads(text)["schema"] == "dosenote.difference/1"
    assert "\x1b" not in text
    assert "\x1b" not in render(found)


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit(differ: Callable[[str, str], Difference], width: int) -> None:
    """Whatever the width."""
    found = differ("warfarin; D3 2000 IU daily", "warfarin; D3 5000 IU daily; MK-7 100 mcg daily; OsteoMax")
    assert max(map(len, render(found, width).splitlines())) <= width


def test_a_file_with_itself(tmp_path: Path, reader: Reader, ruleset: RuleSet) -> None:
    """Whatever it holds."""
    path = tmp_path / "mine.toml"
    path.write_text(
        'items = ["D3 1000 IU daily", "D3 1000 IU daily", "OsteoMax", "age 60"]\nfoods = ["natto"]\n', "utf-8"
    )
    regimen = read_regimen(path.read_text("utf-8"), "mine", reader)
    assert difference_of(regimen, regimen, ruleset, "us") == Difference((), ())


def test_dates_and_facts_about_the_person_are_told_as_changes(reader: Reader, ruleset: RuleSet) -> None:
    """What began, what is new, whose value is of another day, and every fact about the person."""
    old = read_regimen(
        'items = [{ line = "warfarin", started = 2026-05-01 }, "zinc 5 mg daily"]\n'
        'labs = [{ line = "INR 2.5", date = 2026-10-02 }]\n[person]\nage = 30\nsex = "female"\npregnant = false\n',
        "old",
        reader,
    )
    new = read_regimen(
        'items = ["warfarin", { line = "zinc 5 mg daily", new = true }]\n'
        'labs = [{ line = "INR 2.5", date = 2026-11-02 }]\n[person]\nage = 30\nlactating = true\npregnant = true\n',
        "new",
        reader,
    )
    told = {(change.before, change.after) for change in difference_of(old, new, ruleset, "us").changes}
    assert ("warfarin, started 2026-05-01", "warfarin") in told
    assert ("zinc 5 mg daily", "zinc 5 mg daily, new") in told
    assert ("INR 2.5, of 2026-10-02", "INR 2.5, of 2026-11-02") in told
    assert ("not pregnant", "pregnant") in told
    assert ("female", "") in told
    assert ("", "breastfeeding") in told
    assert not any("30" in words for pair in told for words in pair)


def test_a_list_that_contradicts_itself_has_no_difference(differ: Callable[[str, str], Difference]) -> None:
    """It is told, and not passed over as a change that says nothing."""
    with pytest.raises(DosenoteError, match="two answers for age"):
        differ("warfarin; age 66", "warfarin; age 66; age 67")
