"""Going through the findings, and acknowledging them: folded where that may be, never hidden."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dosenote.errors import DosenoteError
from dosenote.files import AcknowledgedTable, RegimenFile, acknowledged_toml, read_regimen, regimen_of, regimen_toml
from dosenote.reader import Reader
from dosenote.render.fhir_r4 import render as as_fhir
from dosenote.render.page.make import page_of
from dosenote.render.page.words import as_text
from dosenote.render.review import summary
from dosenote.render.text import Page, render
from dosenote.report import Report, build_report
from dosenote.ruleset import RuleSet

BASE = [sys.executable, "-m", "dosenote"]
LIST = 'items = ["Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "warfarin"]\nno_other_medicines = true\n[person]\nage = 67\n'
LIMIT, MK7 = "vitamin-d-above-us-upper-limit", "mk-7-with-vitamin-k-antagonist"
DAY = date(2026, 11, 21)


@pytest.fixture
def report(reader: Reader, ruleset: RuleSet) -> Callable[..., Report]:
    """The report of the list above with acknowledgements, on one day."""

    def built(*known: AcknowledgedTable) -> Report:
        text = LIST + "\n".join(acknowledged_toml(one) for one in known)
        return build_report(read_regimen(text, "list", reader)._replace(as_of=DAY), ruleset, "us")

    return built


def _known(rule: str, until: date = date(2027, 1, 31)) -> AcknowledgedTable:
    return AcknowledgedTable(rule, "my doctor prescribed it", until)


def test_an_acknowledged_finding_is_shown_in_short(report: Callable[..., Report]) -> None:
    """With its reason and its end, behind the others, and counted as before."""
    found = report(_known(LIMIT))
    text = render(found)
    assert "ACKNOWLEDGED BY YOU until 31 Jan 2027: ASK SOON: Vitamin D above" in " ".join(text.split())
    assert "Your reason: my doctor prescribed it" in text
    assert found.counts == report().counts
    assert found.exit_code("ask-soon") == report().exit_code("ask-soon") == 1
    folded = next(advisory for advisory in found.advisories if advisory.rule == LIMIT)
    assert folded.is_folded
    assert folded.talk not in text


def test_a_finding_to_call_about_never_folds(report: Callable[..., Report]) -> None:
    """It stays in full and first, and that it was acknowledged is said."""
    found = report(_known(MK7))
    text = " ".join(render(found).split())
    advisory = found.advisories[0]
    assert (advisory.rule, advisory.is_folded) == (MK7, False)
    assert " ".join(advisory.talk.split()) in text
    assert "Acknowledged by you until 31 Jan 2027: my doctor prescribed it" in text
    assert [(unused.rule, unused.reason) for unused in found.unused_acknowledgements] == [
        (MK7, "a finding to call about is always shown in full")
    ]
    assert found.next_step == report().next_step


@pytest.mark.parametrize(
    ("rule", "until", "reason"),
    [(LIMIT, date(2026, 11, 20), "it held until 2026-11-20"), ("calcium-above-us-upper-limit-adults", date(2027, 1, 1), "it is not among the findings"),
     ("vitamin-d-above-us-uper-limit", date(2027, 1, 1), "there is no such rule. Did you mean vitamin-d-above-us-upper-limit?")],
)  # fmt: skip
def test_an_acknowledgement_that_folds_nothing_is_reported(
    report: Callable[..., Report], ruleset: RuleSet, rule: str, until: date, reason: str
) -> None:
    """Past its end, of a rule that is not raised, or misspelt."""
    if reason == "it is not among the findings":
        rule = next(one.id for one in ruleset.for_jurisdiction("us") if one.id.startswith("calcium-above"))
    found = report(_known(rule, until))
    assert [(unused.rule, unused.reason) for unused in found.unused_acknowledgements] == [(rule, reason)]
    assert not any(advisory.is_folded for advisory in found.advisories)
    assert reason.split(".")[0] in " ".join(render(found).split())


def test_the_last_day_is_a_part_of_it(report: Callable[..., Report]) -> None:
    """Until the 21st holds on the 21st."""
    assert any(advisory.is_folded for advisory in report(_known(LIMIT, DAY)).advisories)


def test_the_newest_acknowledgement_of_a_rule_holds(report: Callable[..., Report]) -> None:
    """One that has ended may be given anew."""
    found = report(_known(LIMIT, date(2026, 1, 1)), _known(LIMIT))
    assert any(advisory.is_folded for advisory in found.advisories)
    assert found.unused_acknowledgements == ()


def test_of_two_acknowledgements_the_last_in_the_file_counts(report: Callable[..., Report]) -> None:
    """An older one with a longer time does not come back when the newer one has ended."""
    found = report(_known(LIMIT), _known(LIMIT, date(2026, 1, 1)))
    assert not any(advisory.is_folded for advisory in found.advisories)
    assert [one.reason for one in found.unused_acknowledgements] == ["it held until 2026-01-01"]


def test_an_acknowledgement_for_ever_folds_nothing(report: Callable[..., Report]) -> None:
    """Written by hand with a day that is more than a year ahead."""
    found = report(_known(LIMIT, date(9999, 12, 31)))
    assert not any(advisory.is_folded for advisory in found.advisories)
    assert [one.reason for one in found.unused_acknowledgements] == ["it ends more than a year ahead, on 9999-12-31"]


@pytest.mark.parametrize(
    ("lines", "is_folded"),
    [(("D3 5000 IU daily",), True), (("D3 5000 IU daily", "no aspirin"), True), (("D3 2500 IU twice a day",), True),
     (("D3 9500 IU daily",), False), (("D3 4500 IU daily",), False), (("D3 5000 IU daily", "D3 1000 IU daily"), False)],
)  # fmt: skip
def test_an_acknowledgement_holds_for_the_dose_that_it_was_given_for(
    reader: Reader, ruleset: RuleSet, lines: tuple[str, ...], is_folded: bool
) -> None:
    """Of another dose the finding is shown in full, and it is said what was acknowledged; a birthday changes nothing."""

    def built(age: int, *items: str, known: tuple[AcknowledgedTable, ...] = ()) -> Report:
        file = RegimenFile(items=[*items, f"age {age}"], acknowledged=[*known])
        return build_report(regimen_of(file, reader), ruleset, "us")

    about = next(one.about for one in built(66, "D3 5000 IU daily").advisories if one.rule == LIMIT)
    found = built(67, *lines, known=(replace(_known(LIMIT), given_for=[*about]),))
    assert any(one.rule == LIMIT and one.is_folded for one in found.advisories) is is_folded
    assert any("given for something else" in one.reason for one in found.unused_acknowledgements) is not is_folded
    assert "5,000 IU" in " ".join(render(found).split())


def test_an_acknowledgement_by_hand_is_said_to_hold_for_any_amount(reader: Reader, ruleset: RuleSet) -> None:
    """Where it folds a finding, in the report, on the page and in the review; not where it was given for something."""

    def built(known: AcknowledgedTable) -> Report:
        file = RegimenFile(items=["D3 9500 IU daily", "age 67"], acknowledged=[known])
        return build_report(regimen_of(file, reader), ruleset, "us")

    wide = built(_known(LIMIT))
    text = " ".join(render(wide).split())
    assert "does not say for which amount or medicine you gave this reason (given_for)" in text
    about = next(one.about for one in wide.advisories if one.rule == LIMIT)
    narrow = built(replace(_known(LIMIT), given_for=[*about]))
    assert "ACKNOWLEDGED BY YOU" in render(narrow)
    assert "given_for" not in render(narrow)
    words = "at any amount and with any medicine"
    for found, is_said in ((wide, True), (narrow, False)):
        listed = Page(200, False)
        summary(listed, found)
        texts = (listed.text(), as_fhir(found), as_text(page_of(found, "patient", DAY)))
        assert [words in " ".join(text.split()) for text in texts] == [is_said] * 3


def test_another_medicine_is_another_finding(reader: Reader, ruleset: RuleSet) -> None:
    """What was known of levothyroxine is not known of liothyronine."""

    def built(*items: str, known: tuple[AcknowledgedTable, ...] = ()) -> Report:
        return build_report(regimen_of(RegimenFile([*items], acknowledged=[*known]), reader), ruleset, "us")

    one = "calcium 600 mg daily", "levothyroxine 50 mcg daily"
    rule, about = next(
        (advisory.rule, advisory.about)
        for advisory in built(*one).advisories
        if advisory.action != "call-first" and "levothyroxine" in " ".join(advisory.about)
    )
    known = (replace(_known(rule), given_for=[*about]),)
    assert built(*one, known=known).unused_acknowledgements == ()
    (unused,) = built(one[0], "liothyronine 20 mcg daily", known=known).unused_acknowledgements
    assert "given for something else" in unused.reason


def test_acknowledgements_are_kept_when_a_list_is_written(reader: Reader) -> None:
    """Read back as they were."""
    dosed = replace(_known(LIMIT), given_for=["you take 5,000 IU", 'a "quoted" word'])
    file = RegimenFile(items=["warfarin"], acknowledged=[dosed, _known(MK7)])
    again = read_regimen(regimen_toml(file), "again", reader)
    assert again == regimen_of(file, reader)
    assert [one.rule for one in again.acknowledged] == [LIMIT, MK7]
    assert again.acknowledged[0].given_for == ("you take 5,000 IU", 'a "quoted" word')
    assert again.acknowledged[1].given_for is None


# --- the commands


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*BASE, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(f"# my own comment\n{LIST}", "utf-8")
    path.chmod(0o640)
    return path


def test_without_a_terminal_everything_is_printed(mine: Path) -> None:
    """Each finding in full: why, both sides, what would change it, sources."""
    done = _run("review", str(mine))
    assert done.returncode == 0
    for words in (
        "1. CALL FIRST: MK-7",
        "Raised because",
        "For: ",
        "Against: ",
        "this rule comes on above 4,000 IU",
        "https://doi.org/",
    ):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [('items = ["warfarin"]', 'items = ["warfarin", "MK-7 100 mcg daily"]', 1), ('items = ["warfarin", "MK-7 100 mcg daily"]', 'items = ["warfarin"]', 0),
     ('items = ["warfarin"]', 'items = ["warfarin"]', 0), ('items = ["zinc 5 mg daily"]', 'items = ["zinc 5 mg daily", "OsteoMax"]', 3)],
)  # fmt: skip
def test_diff_tells_by_its_status_what_came(tmp_path: Path, old: str, new: str, status: int) -> None:
    """1: a finding is raised that was not; 3: something cannot be told any more."""
    for name, text in (("old.toml", old), ("new.toml", new)):
        (tmp_path / name).write_text(text, "utf-8")
    done = _run("diff", str(tmp_path / "old.toml"), str(tmp_path / "new.toml"))
    assert done.returncode == status, done.stderr
    told = json.loads(_run("diff", "--format", "json", str(tmp_path / "old.toml"), str(tmp_path / "new.toml")).stdout)
    assert bool(told["changes"]) == (old != new)


@pytest.mark.parametrize(
    "words", [["diff", "/no/such", "/no/such"], ["review", "/no/such"], ["diff", "-", "-"], ["diff", "x"]]
)
def test_an_error_is_a_sentence(words: list[str]) -> None:
    """With status 2."""
    done = _run(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.fixture
def talk(mine: Path) -> Iterator[Callable[[str], str]]:
    """Types one command, and gives what it printed."""
    pexpect = pytest.importorskip("pexpect")
    env = {**os.environ, "TERM": "dumb"}
    child = pexpect.spawn(
        BASE[0], [*BASE[1:], "review", str(mine), "--as-of", "2026-11-21"], env=env, encoding="utf-8", echo=False,
        timeout=20, dimensions=(50, 200),
    )  # fmt: skip
    child.expect(r"\r\n> $")

    def say(command: str) -> str:
        child.sendline(command)
        child.expect([r"> $", r"\? $", pexpect.EOF])
        return str(child.before).replace("\r\n", "\n")

    yield say
    if child.isalive():
        child.sendline("quit")
        child.expect(pexpect.EOF)
    child.close(force=True)


def test_a_finding_is_looked_at_from_each_side(talk: Callable[[str], str]) -> None:
    """Why, for and against, sources, what would change it; and nonsense is answered."""
    assert "Raised because you take warfarin AND you take vitamin K2 (MK-7)" in talk("1 why")
    assert "Against: 10 patients" in talk("1 against")
    assert "doi.org" in talk("sources 1")
    assert "above 4,000 IU (100 mcg) a day" in talk("2 change")
    assert "go from 1 to" in talk("99")
    assert "I know why" in talk("1 blorb")
    assert "I do not know that" in talk("blorb")
    assert "ack 1" in talk("help")
    assert "there is no such file" in talk("diff /no/such/file")


def test_acknowledging_changes_nothing_else_in_the_file(talk: Callable[[str], str], mine: Path) -> None:
    """The comment, the lines and who may read it stay; the block stands at the end."""
    before = mine.read_text("utf-8")
    told = talk('ack 2 reason "my doctor prescribed it" until 2027-01-31')
    assert "Shown in short until 31 Jan 2027" in told
    assert mine.read_text("utf-8").startswith(before)
    assert stat.S_IMODE(mine.stat().st_mode) == 0o640
    assert "always shown in full" in talk('ack 1 reason "known" until 2027-01-31')
    assert "acknowledged until 31 Jan 2027" in talk("list")
    assert "until 1 Mar 2027" in talk('ack 2 reason "again" until 1 March 2027')
    notes = _run("check", "-f", str(mine), "--as-of", "2026-11-21")
    assert "ACKNOWLEDGED BY YOU until 1 Mar 2027" in notes.stdout
    assert notes.returncode == 1


def test_a_reason_and_a_day_are_asked_for(talk: Callable[[str], str], mine: Path) -> None:
    """One after the other."""
    assert "Why is it" in talk("ack 2")
    assert "Until which day" in talk("the clinic knows")
    assert "Shown in short" in talk("2027-01-31")
    assert 'reason = "the clinic knows"' in mine.read_text("utf-8")


def test_the_word_cancel_leaves_an_acknowledgement(talk: Callable[[str], str], mine: Path) -> None:
    """At the question why, and at the question for the day; both say so."""
    before = mine.read_text("utf-8")
    assert "cancel leaves it" in " ".join(talk("ack 2").split())
    assert "Not acknowledged" in talk("cancel")
    talk("ack 2")
    assert "cancel leaves it" in " ".join(talk("my doctor prescribed it").split())
    assert "Not acknowledged" in talk("cancel")
    assert mine.read_text("utf-8") == before


def test_a_reason_that_was_typed_is_kept_where_the_day_is_wrong(talk: Callable[[str], str], mine: Path) -> None:
    """Only the day is asked for again; an empty line gives it up, and changes nothing."""
    before = mine.read_text("utf-8")
    for wrong in ('ack 2 reason "the clinic knows" until tomorrow', 'ack 2 reason "the clinic knows" until 2020-01-31'):
        told = talk(wrong)
        assert "Until which day" in told
        assert "is in the past" in told or "is not a day" in told
        assert "is not a day" in talk("31.31.2027")
        assert "Not acknowledged." in talk("")
    assert mine.read_text("utf-8") == before
    talk("ack 2")
    talk("the clinic knows")
    assert "Until which day" in talk("next year")
    assert "until 31 Jan 2027" in talk("Jan 31, 2027")
    assert 'reason = "the clinic knows"' in mine.read_text("utf-8")
    assert "Not acknowledged: it needs a reason." in (talk("ack 2"), talk(""))[1]


def test_a_list_that_changed_is_shown_again_and_not_written(talk: Callable[[str], str], mine: Path) -> None:
    """The number that was typed is of the list that was seen."""
    other = 'items = ["warfarin 5 mg daily", "K1 100 mcg daily"]\n'
    mine.write_text(other, "utf-8")
    told = talk('ack 2 reason "known" until 2027-01-31')
    assert "has changed since you saw it" in told
    assert mine.read_text("utf-8") == other


def test_an_acknowledgement_says_what_it_was_given_for(talk: Callable[[str], str], mine: Path) -> None:
    """In the file; at another dose the finding is in full again. It holds for a year at most."""
    assert "more than a year ahead" in talk('ack 2 reason "known" until 9999-12-31')
    assert "Shown in short" in talk("2027-01-31")
    text = mine.read_text("utf-8")
    assert "given_for = [" in text
    mine.write_text(text.replace("D3 5000 IU", "D3 9500 IU"), "utf-8")
    notes = _run("check", "-f", str(mine), "--as-of", "2026-11-21")
    assert "ACKNOWLEDGED BY YOU" not in notes.stdout
    assert "it was given for something else" in " ".join(notes.stdout.split())


def test_a_whole_command_in_the_place_of_the_reason_is_the_command(talk: Callable[[str], str], mine: Path) -> None:
    """Who sees the question types it again, whole."""
    talk("ack 2")
    assert "Shown in short" in talk('ack 2 reason "the clinic knows" until 2027-01-31')
    assert 'reason = "the clinic knows"' in mine.read_text("utf-8")


def test_a_reason_is_not_empty(reader: Reader) -> None:
    """Neither in a file that was written by hand."""
    with pytest.raises(DosenoteError, match="the reason is empty"):
        read_regimen(LIST + acknowledged_toml(replace(_known(LIMIT), reason=" ")), "list", reader)


def test_the_end_of_the_input_in_the_middle_of_an_acknowledgement_ends_the_review(mine: Path) -> None:
    """Without an error, and nothing is written."""
    pexpect = pytest.importorskip("pexpect")
    before = mine.read_text("utf-8")
    child = pexpect.spawn(BASE[0], [*BASE[1:], "review", str(mine)], encoding="utf-8", echo=False, timeout=20)
    child.expect(r"\r\n> $")
    child.sendline("ack 2")
    child.expect(r"\? $")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert "error" not in str(child.before)
    assert child.exitstatus == 0
    assert mine.read_text("utf-8") == before


def test_plain_lines_cannot_hold_an_acknowledgement(tmp_path: Path) -> None:
    """It is said, and the file stays as it was."""
    pexpect = pytest.importorskip("pexpect")
    path = tmp_path / "mine.txt"
    path.write_text("D3 5000 IU daily\nage 67\n", "utf-8")
    child = pexpect.spawn(
        BASE[0], [*BASE[1:], "review", str(path)], encoding="utf-8", echo=False, timeout=20, dimensions=(50, 200)
    )
    child.expect("> ")
    child.sendline('ack 1 reason "known" until 2099-01-31')
    child.expect(r"only\s+a\s+TOML\s+list")
    child.sendline("quit")
    child.expect(pexpect.EOF)
    child.close(force=True)
    assert path.read_text("utf-8") == "D3 5000 IU daily\nage 67\n"


def test_the_page_is_made_from_a_review(talk: Callable[[str], str], tmp_path: Path) -> None:
    """With what was acknowledged since; an existing file, and a name that says no format, are left alone."""
    talk('ack 2 reason "my doctor prescribed it" until 2027-01-31')
    path = tmp_path / "visit.html"
    assert "Wrote" in talk(f"page {path}")
    made = path.read_text("utf-8")
    assert "CALL FIRST" in made
    assert "my doctor prescribed it" in made
    assert "is there already" in " ".join(talk(f"page {path}").split())
    assert "end the name with one of" in " ".join(talk(f"page {tmp_path}/visit.xyz").split())
    assert "page FILE" in talk("help")
    assert path.read_text("utf-8") == made


def test_the_summary_names_what_was_not_recognised_and_what_folds_nothing(mine: Path, tmp_path: Path) -> None:
    """And where nothing is raised it says so in the words of the notes."""
    mine.write_text(mine.read_text("utf-8").replace("items = [", 'items = ["OsteoMax", ', 1), "utf-8")
    with mine.open("a", encoding="utf-8") as file:
        file.write('[[acknowledged]]\nrule = "calcium-above-us-upper-limit"\nreason = "known"\nuntil = 2027-01-31\n')
    shown = " ".join(_run("review", str(mine), "--as-of", "2026-11-21").stdout.split())
    assert 'not recognised: "OsteoMax"' in shown
    assert "acknowledged, but not folded: calcium-above-us-upper-limit: it is not among the findings" in shown
    other = tmp_path / "other.toml"
    other.write_text('items = ["magnesium 100 mg daily"]\nno_other_medicines = true\n[person]\nage = 40\n', "utf-8")
    assert "No rule raised a flag." in _run("review", str(other), "--as-of", "2026-11-21").stdout


@pytest.mark.parametrize(
    ("given", "is_told"), [(b'ack 2 reason "x" until 2027-01-31\n', True), (b"\n", True), (b"", False), (None, False)]
)
def test_what_is_piped_in_is_said_not_to_be_read(tmp_path: Path, given: bytes | None, is_told: bool) -> None:
    """One line, beside the findings; the file stays as it is. None: standard input is closed."""
    path = tmp_path / "list.toml"
    path.write_text(LIST, "utf-8")
    command = [*BASE, "review", str(path), "--as-of", DAY.isoformat()]
    if given is None:
        done = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, check=False)
    else:
        done = subprocess.run(command, input=given, capture_output=True, check=False)
    told = b"What came on standard input was not read"
    assert done.returncode == 0
    assert done.stderr.startswith(told) if is_told else done.stderr == b""
    assert done.stderr.count(b"\n") == is_told
    assert told not in done.stdout
    assert path.read_text("utf-8") == LIST


def test_what_is_piped_in_is_left_to_who_reads_it(tmp_path: Path) -> None:
    """In a loop over the names of lists, the next names stand there."""
    path = tmp_path / "list.toml"
    path.write_text(LIST, "utf-8")
    script = 'read first; "$@" >&2; cat'
    command = ["sh", "-c", script, "sh", *BASE, "review", str(path), "--as-of", DAY.isoformat()]
    done = subprocess.run(command, input=b"one\ntwo\nthree\n", capture_output=True, check=True)
    assert done.stdout == b"two\nthree\n"
