"""Every format over every kind of report: golden texts, widths, and nothing lost or run as a command."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from dosenote.render import json as as_json
from dosenote.render import text as as_text
from dosenote.report import Report
from reports import FULL, KINDS

GOLDEN = Path(__file__).parent / "golden"
FORMATS = {"text": as_text.render, "json": as_json.render}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_prints_what_it_printed(name: str, kind: str) -> None:
    """Golden texts, read by eye. After a change that is meant, run the tests once with DOSENOTE_GOLDEN=write."""
    path = GOLDEN / f"{kind}.{name}"
    found = FORMATS[name](KINDS[kind])
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        path.write_text(found, "utf-8")
    assert path.read_text("utf-8") == found


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_of_the_result_is_left_out(name: str) -> None:
    """Findings, what was not recognised, what could not be told, sources and disclaimer are in every format."""
    found = " ".join(FORMATS[name](FULL).split())
    for advisory in FULL.advisories:
        assert advisory.title in found
        assert advisory.summary in found
        assert advisory.talk in found
    for words in ("<script>", "Do you take warfarin?", "page 7", "https://doi.org/10.1000/one", FULL.disclaimer,
                  "4,000 IU (100 mcg) a day", FULL.coverage.words, FULL.next_step):  # fmt: skip
        assert words in found or json.dumps(words)[1:-1] in found


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
