"""Every format over every kind of report: golden texts, widths, and nothing lost or run as a command."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from conftest import cases
from dosenote.cells import inert
from dosenote.cli import formats
from dosenote.errors import printable
from dosenote.render import cds_hooks as as_cards
from dosenote.render import csv as as_csv
from dosenote.render import fhir_r4 as as_fhir
from dosenote.render import json as as_json
from dosenote.render import markdown as as_markdown
from dosenote.render import text as as_text
from dosenote.report import Report
from hostile import TEXTS
from reports import ACKNOWLEDGED, EMPTY, FULL, KINDS, QUESTION, QUIET, with_words

GOLDEN = Path(__file__).parent / "golden"
FORMATS: dict[str, Callable[[Report], str]] = {
    "text": as_text.render,
    "json": as_json.render,
    "markdown": as_markdown.render,
    "csv": as_csv.render,
    "cds-hooks": as_cards.render,
    "fhir-r4": as_fhir.render,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_prints_what_it_printed(name: str, kind: str) -> None:
    """Golden texts, read by eye. After a change that is meant, run the tests once with DOSENOTE_GOLDEN=write."""
    path = GOLDEN / f"{kind}.{name}"
    found = FORMATS[name](KINDS[kind])
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        path.write_bytes(found.encode())
    assert path.read_bytes().decode() == found


def test_every_format_of_the_command_line_is_looked_at_here() -> None:
    """A format that is added is held to all of this, too."""
    assert {*FORMATS} == {*formats.FORMATS}


def words_of(name: str, report: Report) -> str:
    """What a reader of a format reads: cells, values and text without their marks, blanks as one."""
    printed = FORMATS[name](report)
    if name in ("json", "cds-hooks", "fhir-r4"):
        printed = " ".join(_values(json.loads(printed)))
    if name == "csv":
        printed = " ".join(cell for row in csv.reader(io.StringIO(printed, newline="")) for cell in row)
    if name in ("markdown", "cds-hooks", "fhir-r4"):  # notes of FHIR are Markdown
        printed = re.sub(r"\\(?=[^\w\s]|_)|`(?=[@#])|(?<=[@#])`", "", printed)
    return " ".join(printed.split())


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _values(one)
    elif isinstance(value, list):
        for one in value:
            yield from _values(one)
    else:
        yield str(value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_of_the_result_is_left_out(name: str, kind: str) -> None:
    """Findings, what is open, how lines were read, sources, coverage, rules and disclaimer are in every format."""
    report = KINDS[kind]
    found = words_of(name, report)
    wanted = [report.rules.version, report.rules.sha256[:12], report.coverage.words, report.disclaimer, report.next_step,
              report.nothing_raised, *report.person]  # fmt: skip
    for line in report.regimen:
        wanted += [
            line.text,
            *(item.words for item in line.items),
            *line.unread,
            line.reason * (line.outcome == "refuse"),
        ]
    for advisory in report.advisories:
        wanted += [advisory.title, advisory.summary]
        if advisory.acknowledged:
            wanted.append(advisory.acknowledged.reason)
        if advisory.is_folded:
            continue
        wanted += [advisory.why, advisory.talk, advisory.severity, advisory.rule, advisory.certainty_because,
                    *advisory.ask, *(one.words for one in advisory.because),
                   *(one.words for one in advisory.changes_at)]  # fmt: skip
        assert {advisory.certainty, advisory.certainty.replace("-", " ")} & {*re.findall(r"very[ -]low", found)}
        for evidence in advisory.evidence:
            wanted += [evidence.says, evidence.locator, evidence.title, evidence.link, evidence.problem]
    for piece in report.not_recognised:
        wanted += [piece.text, piece.reason, *piece.suggestions]
    for total in report.totals:
        wanted += [total.words, *(reference.value for reference in total.references)]
    wanted += [question.text for question in report.questions]
    wanted += [unused.rule for unused in report.unused_acknowledgements]
    for traced in report.trace or ():
        wanted += [traced.rule, *(row.fact for row in (*traced.when, *traced.unless))]
    for words in wanted:
        assert " ".join(words.split()) in found, words


@pytest.mark.parametrize("name", FORMATS)
def test_what_could_not_be_told_is_in_every_format(name: str) -> None:
    """By its rule where the format has a place for it, else by their number and what to ask."""
    found = words_of(name, QUIET)
    assert all(rule.rule in found for rule in QUIET.undecided) or "COULD NOT TELL: 1 rule" in found
    assert all(question.text in found for question in QUIET.questions)


def test_a_question_about_a_finding_that_is_left_to_a_graver_rule_is_no_grave_one() -> None:
    """It is asked after the others, where it could change nothing that is shown."""
    question = QUESTION._replace(fact="age", text="How old are you?", could_change=("left-to-another",))
    printed = as_text.render(FULL._replace(questions=(question,)))
    assert "- How old are you?" in printed
    assert "Your answers could change" not in printed


def test_an_acknowledgement_that_folds_nothing_is_told_when_nothing_is_found() -> None:
    """Also then the person learns that it is out of date."""
    unused = ACKNOWLEDGED.unused_acknowledgements
    for name in FORMATS:
        assert "no-such-rule" in words_of(name, EMPTY._replace(unused_acknowledgements=unused)), name


@cases(40)
@given(TEXTS)
def test_nothing_typed_steers_a_terminal(text: str) -> None:
    """In no format does a character come out that cannot be seen; a CSV ends its lines as RFC 4180 says."""
    for name, render in FORMATS.items():
        printed = render(with_words(text))
        left = printed.replace("\r\n", "\n") if name == "csv" else printed
        assert not {char for char in left if not char.isprintable()} - {"\n"}, name
        assert printed == render(with_words(text))
        printed.encode()


@cases(40)
@given(TEXTS)
def test_json_gives_back_what_was_typed(text: str) -> None:
    """Every character, also those that are escaped."""
    line = json.loads(as_json.render(with_words(text)))["regimen"][0]
    assert line["text"] == text
    assert line["unread"] == [text]


@cases(60)
@given(TEXTS)
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    """Read back, every row has all columns, the text is there as it was neutralised, and no cell can be run."""
    report = with_words(text)
    rows = list(csv.DictReader(io.StringIO(as_csv.render(report), newline=""), strict=True))
    harmless = list(csv.DictReader(io.StringIO(as_csv.render(with_words("WORD")), newline="")))
    assert [row["kind"] for row in rows] == [row["kind"] for row in harmless]
    for row in rows:
        assert None not in row
        assert None not in row.values()
        for cell in row.values():
            shown = unicodedata.normalize("NFKC", cell).lstrip(' \t\r\n\ufeff"`\u2018\u2019\u201c\u201d\u00ab\u00bb')
            assert not shown.startswith(("=", "+", "-", "@", "\u2212"))
            assert "\n" not in cell
    typed = [row for row in rows if row["kind"] == "entered"]
    assert {row["text"].removeprefix("'") for row in typed} == {printable(text).removeprefix("'")}


@pytest.mark.parametrize(
    "cell, expected",
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "' x"), ("\rx", "'?x"),
        (" =1", "' =1"), ('"=1"', "'\"=1\""), ("'=1", "''=1"), ("\u201c=1", "'\u201c=1"), ("\uff1d1", "'\uff1d1"),
        ("\ufe63 1", "'\ufe63 1"), ("\u22121", "'\u22121"), ("\ufeff=1", "'?=1"), ("\n-x", "' -x"),
        ("D3 -5", "D3 -5"), ("a=b", "a=b"), ('"K2"', '"K2"'), ("", ""), ("vitamin\nK2", "vitamin K2"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_could_run_stands_behind_an_apostrophe(cell: str, expected: str) -> None:
    """Also behind blanks and quotes, and as a full-width or small character."""
    assert inert(cell) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_of_the_csv_can_stand_alone(kind: str) -> None:
    """With what it was checked is in every row; a rule that was raised and one that could not be told are kept apart."""
    report = KINDS[kind]
    printed = as_csv.render(report)
    assert printed.count("\n") == printed.count("\r\n")
    rows = list(csv.DictReader(io.StringIO(printed, newline="")))
    assert tuple(rows[0]) == as_csv.COLUMNS
    for row in rows:
        assert (row["rules_version"], row["rules_sha256"], row["jurisdiction"], row["as_of"]) == (
            report.rules.version, report.rules.sha256, report.jurisdiction, report.as_of or "",
        )  # fmt: skip
    kinds = [row["kind"] for row in rows]
    assert [row["rule"] for row in rows if row["kind"] == "raised"] == [one.rule for one in report.advisories]
    assert [row["rule"] for row in rows if row["kind"] == "cannot-tell"] == [one.rule for one in report.undecided]
    assert kinds.count("not-recognised") == len(report.not_recognised)
    assert kinds.count("refused") == sum(line.outcome == "refuse" for line in report.regimen)
    assert ("nothing-raised" in kinds) == (not report.advisories)
    assert {"coverage", "counts", "disclaimer", "next-step"} <= {*kinds}
    for row in rows:
        if row["kind"] == "raised":
            assert all(
                row[name] for name in ("action", "severity", "certainty", "summary", "because", "ask", "sources")
            )
        if row["kind"] == "cannot-tell":
            assert all(row[name] for name in ("action", "severity", "missing"))
            assert not row["certainty"]


@pytest.mark.parametrize("width", [24, 40, 60, 80])
@pytest.mark.parametrize("kind", KINDS)
def test_lines_fit_a_narrow_terminal(kind: str, width: int) -> None:
    """Forty columns are enough; only links, which must stay whole, may be longer."""
    for line in as_text.render(KINDS[kind], width).splitlines():
        assert len(line) <= width or len(line.split()) == 1


def test_colour_only_adds(tmp_path: Path) -> None:
    """The words carry the level: without colour nothing is missing."""
    plain, colored = as_text.render(FULL), as_text.render(FULL, color=True)
    assert plain != colored
    assert plain == colored.replace("\x1b[1m", "").replace("\x1b[0m", "")


def test_typed_control_characters_do_not_reach_the_terminal() -> None:
    """A pasted escape sequence cannot move the cursor, change colours or hide a line."""
    line = FULL.regimen[0]._replace(text="D3 \x1b[2J\x07 5000 IU\u202e daily", unread=("\x1b[2J",))
    found = as_text.render(FULL._replace(regimen=(line,)))
    assert not {char for char in found if not char.isprintable()} - {"\n"}


def test_the_closing_line_says_what_to_do() -> None:
    """The last line is where eyes land."""
    assert as_text.render(FULL).rstrip().splitlines()[-1].startswith("NEXT: ")


@pytest.mark.parametrize("kind", KINDS)
def test_json_has_the_shape_of_its_schema(kind: str) -> None:
    """The schema that `dosenote schema report` prints describes what --format json prints."""
    from dosenote.report import Report as Model
    from dosenote.schema import model_of

    table = json.loads(as_json.render(KINDS[kind]))
    assert set(table) <= set(Model._fields)
    model_of(Model, {}).model_validate(table)
    del table["disclaimer"]
    with pytest.raises(ValidationError):
        model_of(Model, {}).model_validate(table)


def test_a_report_is_one_value() -> None:
    """Equal reports are equal, whatever made them."""
    assert isinstance(FULL, Report)
    assert FULL._replace() == FULL
