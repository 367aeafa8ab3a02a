"""The page for the visit: what stands on it, what fits, what is left out, and how it looks in a browser."""

from __future__ import annotations

import base64
import io
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from browser import Browser, page_count, pdf_text
from conftest import cases
from dosenote.errors import DosenoteError, printable
from dosenote.files import read_regimen
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render.page.fit import fit
from dosenote.render.page.gauge import Drawing, Tick, draw
from dosenote.render.page.html import render as as_html
from dosenote.render.page.make import LEFT_OUT, page_of
from dosenote.render.page.model import Audience, Gauge, Mark, Page
from dosenote.render.page.words import as_markdown, as_text
from dosenote.report import Report, build_report
from dosenote.report.entered import Span
from dosenote.report.model import Acknowledged
from dosenote.ruleset import RuleSet
from reports import FULL, KINDS

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 11, 21)
FORMATS: dict[str, Callable[[Page], str]] = {"html": as_html, "md": as_markdown, "txt": as_text}
AUDIENCES: tuple[Audience, ...] = ("patient", "clinician", "both")

MARTA = """
items = [
  { line = "Vitamin D3 5000 IU daily with breakfast", started = 2026-05-01, why = "my bones" },
  "K2 MK-7 100 mcg once a day",
  "OsteoMax 2 daily",
]
medicines = ["warfarin 5 mg daily"]
no_other_medicines = true
conditions = []
labs = [{ line = "INR 2.5", date = 2026-11-02 }]
person = { age = 67, sex = "female" }
"""
ACKNOWLEDGED = """
[[acknowledged]]
rule = "mk-7-with-vitamin-k-antagonist"
reason = "my clinic knows"
until = 2027-01-31
[[acknowledged]]
rule = "vitamin-d-above-us-upper-limit"
reason = "my doctor prescribed it"
until = 2027-01-31
"""
#: Lines to put lists together from.
TAKEN = (
    "Vitamin D3 5000 IU daily with breakfast", "K2 MK-7 100 mcg daily", "warfarin 5 mg daily", "Centrum Silver daily",
    "calcium carbonate 600 mg (elemental) twice a day", "levothyroxine 75 mcg every morning", "vitamin K2 daily",
    "magnesium 200 mg at bedtime", "atorvastatin 20 mg at bedtime", "omeprazole 20 mg daily", "OsteoMax 2 tablets",
    "hydrochlorothiazide 25 mg daily", "prednisone 5 mg daily", "Eliquis 5 mg twice a day", "D3 50000 IU weekly",
    "fish oil 1000 mg daily", "digoxin 125 mcg daily", "alendronate 70 mg weekly", "calcitriol 0.25 mcg daily",
    "Adcal-D3 Caplets 2 tablets twice a day", "ciprofloxacin 500 mg twice a day", "lithium 300 mg twice daily",
)  # fmt: skip
SAID = ("female", "INR 2.5", "no other medicines", "no other conditions", "kidney stones", "25-OH-D 40 ng/mL", "age 67")


@pytest.fixture(scope="module")
def page(reader: Reader, ruleset: RuleSet) -> Callable[..., Page]:
    """The page of lines of text, or of a regimen file."""

    def make(text: str, audience: Audience = "patient", name: str = "", redact: bool = False) -> Page:
        regimen = read_regimen(text, "mine.toml", reader)._replace(as_of=DAY)
        return page_of(build_report(regimen, ruleset, "us"), audience, DAY, name, redact)

    return make


def words_of(html: str) -> str:
    """The words of a page, without its style and its markup."""
    return " ".join(_Parsed.of(html).words.split())


class _Parsed(HTMLParser):
    """The tags of a page with the names of their attributes, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words = ""
        self._inside = ""

    @classmethod
    def of(cls, html: str) -> _Parsed:
        parsed = cls()
        parsed.feed(html)
        parsed.close()
        return parsed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - as HTMLParser calls it
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside != "style":
            self.words += data


# --- what stands on it


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMATS)
def test_the_page_is_what_it_was(form: str, kind: str) -> None:
    """Golden texts, looked at by eye. After a change that is meant: DOSENOTE_GOLDEN=write."""
    path = GOLDEN / f"page-{kind}.{form}"
    found = FORMATS[form](page_of(KINDS[kind], "both", DAY, "Marta <i>K."))
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        path.write_text(found, "utf-8")
    assert path.read_text("utf-8") == found


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_weight_is_missing(page: Callable[..., Page], form: str, audience: Audience) -> None:
    """The list with amounts and days, every finding, what is open, totals, values, sources, rules and disclaimer."""
    made = page(MARTA, audience, "Marta K.")
    found = FORMATS[form](made)
    found = words_of(found) if form == "html" else " ".join(found.replace("\\", "").split())
    for words in (
        "Marta K.", "21 Nov 2026", "Vitamin D3 5000 IU daily with breakfast", "5,000 IU (125 mcg)", "once a day",
        "morning", "1 May 2026", "my bones", "OsteoMax 2 daily", "Not checked", "INR: 2.5", "2 Nov 2026", "67 years old",
        "CALL FIRST", "ASK SOON", "serious", "moderate", "4,000 IU (100 mcg) a day: UL for vitamin D", "is above it",
        "600 IU (15 mcg) a day: RDA for vitamin D", "10.1111/jth.12203", "abstract, results", made.rules, made.coverage,
        made.disclaimer, *made.gaps, *made.not_recognised, *(finding.title for finding in made.findings),
    ):  # fmt: skip
        assert " ".join(words.split()) in found, words
    assert (made.findings[0].talk in found) == (audience != "clinician")


def test_severity_action_and_certainty_stand_apart(page: Callable[..., Page]) -> None:
    """Three scales, three words, and no score."""
    found = words_of(as_html(page(MARTA)))
    assert "CALL FIRST MK-7" in found
    assert "How bad it could be: serious. How sure: moderate." in found


def test_what_was_begun_and_stopped_is_told(page: Callable[..., Page]) -> None:
    """Something that is no longer taken is not in the totals, and the page says so."""
    text = 'items = [{ line = "D3 1000 IU daily", stopped = 2026-10-01 }, "calcium 500 mg daily", "stopped warfarin"]'
    found = words_of(as_html(page(text)))
    assert "once a day (stopped, not counted)" in found
    assert "warfarin: stopped, so not counted as taken" in found
    assert "vitamin D3: 1,000 IU" not in found


def test_a_name_is_told_as_it_was_understood(page: Callable[..., Page]) -> None:
    """Whoever reads the page must see what the tool took a brand for."""
    found = words_of(as_html(page("Eliquis 5 mg twice a day")))
    assert "Eliquis 5 mg twice a day= apixaban" in found


def test_what_is_acknowledged_stays_on_the_page(ruleset: RuleSet, reader: Reader) -> None:
    """It is named, with its reason; one to call about is in full."""
    regimen = read_regimen(MARTA + ACKNOWLEDGED, "mine.toml", reader)._replace(as_of=DAY)
    made = page_of(build_report(regimen, ruleset, "us"), "patient", DAY)
    if not made.folded:
        pytest.fail(f"no such rule: {made.not_folded}")
    found = words_of(as_html(made))
    assert "I know of this until 31 Jan 2027, at any amount and with any medicine: my clinic knows" in found
    assert "I know of this until 31 Jan 2027, at any amount and with any medicine: my doctor prescribed it" in found
    assert made.findings[0].action == "CALL FIRST"


# --- the picture of a total


@given(
    low=st.floats(0, 1e6),
    more=st.none() | st.floats(0, 1e6),
    marks=st.lists(st.tuples(st.sampled_from("RUN"), st.floats(0, 1e6), st.none() | st.floats(0, 1e6)), max_size=5),
)
def test_a_picture_is_true_to_its_numbers(
    low: float, more: float | None, marks: list[tuple[str, float, float | None]]
) -> None:
    """What is more stands further to the right, an interval is one, and nothing leaves the line."""
    high = None if more is None else low + more
    gauge = Gauge(
        "D", "words", Span(low, high, "mcg"),
        tuple(Mark(letter, "", first, None if wide is None else first + wide, "", 0, "") for letter, first, wide in marks),
    )  # fmt: skip
    drawing = draw(gauge, gauge)
    assert drawing.is_open == (high is None)
    assert 6 <= drawing.start <= drawing.end <= 294
    for tick in drawing.ticks:
        assert 6 <= tick.start <= tick.end <= 294
    ends = [(drawing.start, low), *((tick.start, mark.low) for tick, mark in _pairs(drawing, gauge))]
    for place, value in ends:
        for other, more in ends:
            assert place <= other or value >= more
    for tick, mark in _pairs(drawing, gauge):
        assert (tick.end > tick.start) <= (mark.high is None or mark.high > mark.low)
        assert tick.is_up == (mark.letter == "R")


def _pairs(drawing: Drawing, gauge: Gauge) -> list[tuple[Tick, Mark]]:
    """Each place with its value: both in the order of the values."""
    return list(zip(drawing.ticks, sorted(gauge.marks, key=lambda mark: mark.low), strict=True))


# --- hostile and long


HOSTILE = st.text(
    alphabet=st.one_of(st.characters(blacklist_categories=("Cs",)), st.sampled_from("<>&\"'`\\{}%#\x1b\u202e\u200b")), max_size=60
) | st.sampled_from(["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "&lt;b&gt;", "</style>", "--><svg/onload=a()>"])  # fmt: skip


def _with(text: str) -> Report:
    """A report in which a text stands wherever something typed can."""
    first = FULL.regimen[0]
    line = first._replace(
        text=text, unread=(text,), assumed=(text,), items=(first.items[0]._replace(why=text),), reason=text
    )
    known = Acknowledged(text, "2027-01-31")
    return FULL._replace(
        regimen=(line,),
        not_recognised=(FULL.not_recognised[0]._replace(text=text, reason=text),),
        questions=(FULL.questions[0]._replace(text=text), FULL.questions[1]._replace(text=text)),
        advisories=tuple(one._replace(acknowledged=known) for one in FULL.advisories),
    )


@cases(60)
@given(text=HOSTILE)
def test_what_was_typed_is_only_text_in_html(text: str) -> None:
    """No tag, no attribute and no control character comes out of it, and it can be read."""
    plain, found = (_Parsed.of(as_html(page_of(_with(words), "both", DAY, words))) for words in ("x", text or "x"))
    assert found.tags == plain.tags
    assert not {char for char in found.words if not char.isprintable()} - {"\n"}
    assert printable(text).strip() in found.words


@cases(60)
@given(text=HOSTILE)
def test_what_was_typed_is_only_text_in_markdown(text: str) -> None:
    """A reader of Markdown finds the same headings, lists and links, whatever was typed."""
    markdown_it = pytest.importorskip("markdown_it")
    parse = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse
    kinds = [
        [
            (child.type, child.tag)
            for token in parse(as_markdown(page_of(_with(words), "both", DAY, words)))
            for child in (token, *(token.children or ()))
            if child.type not in ("text", "code_inline", "softbreak", "text_special")
        ]
        for words in ("x", text.strip() or "x")
    ]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("form", FORMATS)
def test_a_redacted_page_has_nothing_that_was_typed(page: Callable[..., Page], form: str) -> None:
    """Neither the name nor a word, a day, or an age of 90 or over; what was understood stays."""
    text = MARTA.replace("OsteoMax 2 daily", "Marthas magic drops").replace("67", "93")
    made = page(text, "both", "Marta K.", redact=True)
    found = FORMATS[form](made)
    for gone in (
        "Marta",
        "Marthas",
        "magic",
        'breakfast"',
        "my bones",
        "May",
        " Nov 2026, ",
        "21 Nov",
        "2 Nov",
        "93 years",
    ):
        assert gone not in re.sub(
            r"<style>.*?</style>|compared with its sources on [^.<]*", "", found, flags=re.DOTALL
        ), gone
    for kept in ("vitamin D3", "vitamin K2 (MK-7)", "warfarin", "2026", "90 years old or over", LEFT_OUT.strip("[]")):
        assert kept in found.replace("\\", "")


LISTS = {
    "nothing": [],
    "forty": [f"{TAKEN[n % len(TAKEN)]}" for n in range(40)],
    "all-unknown": ["abcdef daily", "ghijkl 2 tablets", "mnopqr"],
    "long": [f"{'Super ' * 50}D3 1000 IU daily", "x" * 300, "vitamin D3 " + "w" * 289],
    "right-to-left": ["فيتامين د 1000 IU daily", "ויטמין D3 1000 IU daily"],
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_line_of_any_list_is_on_the_page(reader: Reader, ruleset: RuleSet, form: str, name: str) -> None:
    """None, forty, unknown, 300 letters long, from right to left: each line is there, whole."""
    report = build_report(Regimen(reader.read_all(LISTS[name])), ruleset, "us")
    found = FORMATS[form](page_of(report, "patient", DAY))
    found = words_of(found) if form == "html" else found.replace("\\", "")
    for line in LISTS[name]:
        assert "".join(line.split()) in "".join(found.split())


# --- in a browser


def _random(chance: random.Random, most: int = 8) -> list[str]:
    return [*chance.sample(TAKEN, chance.randint(1, most)), *chance.sample(SAID, chance.randint(0, 5))]


def _file(folder: Path, made: Page) -> Path:
    path = folder / "page.html"
    path.write_text(as_html(made), "utf-8")
    return path


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_what_is_said_to_fit_is_one_sheet(
    browser: Browser, reader: Reader, ruleset: RuleSet, tmp_path: Path, paper: str
) -> None:
    """Random lists: without an announcement there is one sheet, with one there are more, and it is on the first."""
    chance = random.Random(7)
    alone = 0
    for _ in range(25):
        report = build_report(Regimen(reader.read_all(_random(chance))), ruleset, "us")
        made = page_of(report, "patient", DAY, "Marta K.")
        printed = browser.print_pdf(_file(tmp_path, made), paper)
        moved = fit(made).moved
        assert (page_count(printed) == 1) == (not moved), made.taken
        assert ("Goes on, on the next sheet" in pdf_text(printed).split("continued")[0]) == bool(moved)
        alone += not moved
    assert alone >= 5


@pytest.mark.parametrize("name", [*LISTS, "marta", "random"])
def test_axe_finds_nothing(
    browser: Browser, page: Callable[..., Page], reader: Reader, ruleset: RuleSet, tmp_path: Path, name: str
) -> None:
    """No violation of WCAG 2.1 A and AA, or of good practice, and nothing to scroll sideways at 320 pixels."""
    lines = _random(random.Random(3)) if name == "random" else LISTS.get(name, [])
    report = build_report(Regimen(reader.read_all(lines)), ruleset, "us")
    made = page(MARTA, "both", "Marta K.") if name == "marta" else page_of(report, "both", DAY)
    path = _file(tmp_path, made)
    for width in (320, 800):
        assert browser.violations(path, width) == []
        assert browser.scroll_width(path, width) <= width


def test_the_gravest_word_is_the_most_legible(browser: Browser, page: Callable[..., Page], tmp_path: Path) -> None:
    """On paper, without colours and backgrounds: black on white, bold, larger than anything but the title, in a box."""
    browser.open(_file(tmp_path, page(MARTA)), media="print", grey=True)
    style = browser.evaluate(
        """const all = [...document.querySelectorAll("main *")].filter(e => !["H1"].includes(e.tagName));
        const size = e => parseFloat(getComputedStyle(e).fontSize);
        const word = document.querySelector(".grave .action"), box = getComputedStyle(word.closest(".grave"));
        const own = getComputedStyle(word);
        return {text: word.textContent, color: own.color, weight: own.fontWeight, size: size(word),
                largest: Math.max(...all.map(size)), border: parseFloat(box.borderTopWidth),
                painted: all.filter(e => !["rgba(0, 0, 0, 0)", "transparent"].includes(getComputedStyle(e).backgroundColor)).length};"""
    )
    assert style["text"] == "CALL FIRST"
    assert style["color"] == "rgb(0, 0, 0)"
    assert int(style["weight"]) >= 700
    assert style["size"] == style["largest"]
    assert style["border"] >= 2
    assert style["painted"] == 0


def test_no_script_and_no_address_is_loaded(page: Callable[..., Page]) -> None:
    """The file needs nothing else: no script, no picture, no font, no style from elsewhere."""
    found = as_html(page(MARTA, "both"))
    tags = {tag for tag, _ in _Parsed.of(found).tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "base", "form"}
    assert "url(" not in found
    assert "@import" not in found
    assert not re.search(r"\son\w+=", found)


# --- PDF


def test_a_pdf_without_weasyprint_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or what else can be done."""
    from dosenote.render.page import pdf

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(DosenoteError, match="a PDF needs weasyprint") as error:
        pdf.render("<p>x</p>", "A4")
    assert "print the page from a browser" in error.value.hint


def test_a_pdf_fetches_nothing(tmp_path: Path) -> None:
    """No picture that stands in the page is in it: it is refused as a whole, or made without that."""
    from dosenote.render.page import pdf

    try:
        pdf.render("<html lang=en><title>x</title><p>x", "A4")
    except DosenoteError as error:
        pytest.skip(str(error))
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    (tmp_path / "dot.png").write_bytes(base64.b64decode(dot))
    try:
        made = pdf.render(f"<html lang=en><title>x</title><img alt=x src='{(tmp_path / 'dot.png').as_uri()}'>", "A4")
    except (ValueError, AttributeError):  # newer versions of weasyprint pass on what their fetcher raises
        return
    assert b"/Image" not in made


def test_a_pdf_is_tagged_and_the_same_every_time(page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page gives the same bytes under SOURCE_DATE_EPOCH, on the paper that was asked for."""
    from dosenote.render.page import pdf

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1763700000")
    html = as_html(page(MARTA, name="<b>Marta"))
    try:
        made = pdf.render(html, "letter")
    except DosenoteError as error:
        pytest.skip(str(error))
    assert made == pdf.render(html, "letter")
    root = PdfReader(io.BytesIO(made)).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    text = pdf_text(made)
    assert "<b>Marta" in text
    assert "CALL FIRST" in text
    assert page_count(made) == (2 if fit(page(MARTA)).moved else 1)


# --- the command


def dosenote(*words: str, stdin: str = "", folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run `dosenote page` in a folder that holds mine.toml, with an empty home."""
    (folder / "mine.toml").write_text(MARTA, "utf-8")
    variables = {**os.environ, "COLUMNS": "80", "HOME": str(folder)}
    command = [sys.executable, "-m", "dosenote", "page", *words]
    return subprocess.run(
        command, input=stdin.encode(), capture_output=True, timeout=60, cwd=folder, env=variables, check=False
    )


def test_the_ending_of_the_name_says_the_format(tmp_path: Path) -> None:
    """HTML, Markdown and text, each for its owner only; without a file it goes to standard output."""
    for name, begins in (("page.html", "<!DOCTYPE html>"), ("page.md", "# What I take"), ("page.txt", "WHAT I TAKE")):
        done = dosenote("mine.toml", "-o", name, "--as-of", "2026-11-21", folder=tmp_path)
        assert (done.returncode, done.stdout) == (0, b""), done.stderr
        assert (tmp_path / name).read_text("utf-8").startswith(begins)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        shown = dosenote("mine.toml", "--format", {"html": "html", "md": "markdown", "txt": "text"}[name.partition(".")[2]],
                         "--as-of", "2026-11-21", folder=tmp_path)  # fmt: skip
        assert shown.stdout == (tmp_path / name).read_bytes()


def test_a_list_from_standard_input_and_what_is_said_of_the_person(tmp_path: Path) -> None:
    """One item a line, with the options of check."""
    done = dosenote("-", "--format", "text", "--age", "67", "--name", "M. K.", stdin="warfarin 5 mg\nK2 MK-7 100 mcg daily\n",
                    folder=tmp_path)  # fmt: skip
    assert done.returncode == 0
    assert b"67 years old" in done.stdout
    assert b"M. K., " in done.stdout
    assert b"CALL FIRST" in done.stdout


@pytest.mark.parametrize(
    "words, said",
    [
        (("mine.toml", "--format", "text", "-o", "mine.toml"), "read by this check"),
        (("mine.toml", "-o", "page.xyz"), "which format"),
        (("mine.toml", "-o", "page.html", "--pdf"), "is a name for html"),
        (("mine.toml", "--format", "text", "--pdf"), "two things"),
        (("mine.toml", "-o", "gone/page.html"), "cannot be written"),
        (("gone.toml",), "there is no such file"),
        (("mine.toml", "--audience", "nobody"), "nobody"),
        ((), "Missing argument"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """One clear line, exit status 2, and the list as it was."""
    done = dosenote(*words, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]
    assert (tmp_path / "mine.toml").read_text("utf-8") == MARTA


# --- what somebody with ten minutes must not miss


def test_a_medicine_that_is_not_taken_each_day_has_no_amount_a_day(page: Callable[..., Page]) -> None:
    """ "2.14 mg a day" of weekly methotrexate is how it is given wrongly; a vitamin's average is called one."""
    made = page(
        "methotrexate 15 mg once a week\nwarfarin 5 mg Mon, Wed, Fri\nD3 50000 IU weekly\nwarfarin 5 mg twice a day"
    )
    (weekly,), (days,), (vitamin,), (daily,) = (taken.cells for taken in made.taken)
    assert (weekly.daily, days.daily) == ("", "")
    assert vitamin.daily.endswith("on average")
    assert daily.daily == "10 mg"
    for form in FORMATS.values():
        assert "2.14" not in form(made)
        assert re.search("not every day", form(made), re.IGNORECASE)


def test_a_misspelt_medicine_is_shown_with_what_it_may_be(page: Callable[..., Page]) -> None:
    """Before anything else, and in its row; it is never taken for that medicine."""
    made = page("warfrin 5 mg daily\nK2 MK-7 100 mcg daily")
    found = words_of(as_html(made))
    assert "Not checked. Did you mean warfarin?" in found
    assert found.index("it may hold anything") < found.index("To look at first")
    assert not [finding for finding in made.findings if finding.is_grave]


def test_what_was_not_understood_is_told_once(page: Callable[..., Page]) -> None:
    """A line of which nothing was understood as a whole, without its pieces; of another, the piece that was not."""
    made = page("Juicy Plux Orchard + Blended Fruitz\nvitamin D3 500 IU with foozle daily")
    whole, piece = made.not_recognised
    assert whole.startswith('"Juicy Plux Orchard + Blended Fruitz"')
    assert piece.startswith('"foozle": not understood in "vitamin D3 500 IU')
    unused = "not used, as what was not understood may change it: 500 IU"
    assert [one.notes for one in made.taken] == [(), ('not understood: "foozle"', unused)]
    assert made.gaps[0].startswith('"Juicy Plux Orchard + Blended Fruitz": what is it?')


def test_a_blood_value_says_what_it_does_not_tell(page: Callable[..., Page]) -> None:
    """How old it is, as it was entered, what was begun since, and that no rule looks at it."""
    made = page(
        'items = [{ line = "K2 MK-7 100 mcg daily", started = 2026-11-15 }]\n'
        'labs = [{ line = "TSH 5.8", date = 2026-11-02 }, { line = "25-OH-D 160 nmol/L", date = 2024-01-01 }]'
    )
    tsh, vitamin_d = (lab.whole for lab in made.labs)
    assert "begun since then: vitamin K2 (MK-7)" in tsh
    assert "no rule here looks at it" in tsh
    assert "entered as 25-OH-D 160 nmol/L" in vitamin_d
    assert "more than 2 years old" in vitamin_d
    assert "no rule" not in vitamin_d
    assert tsh in words_of(as_html(made))


def test_a_condition_that_is_understood_in_part_is_no_medicine(page: Callable[..., Page]) -> None:
    """It stands with what was said besides, and what was not understood of it stands there, too."""
    made = page("kidney stones xyzzy\nD3 1000 IU daily")
    assert [taken.text for taken in made.taken] == ["D3 1000 IU daily"]
    assert made.noted == ("kidney stones xyzzy (not understood: xyzzy)",)
    assert "xyzzy" in words_of(as_html(made)).partition("To look at first")[0]


def test_grave_findings_are_all_in_full(page: Callable[..., Page]) -> None:
    """On the first sheet or the next, with what to do; never as a title only."""
    made = page(
        "\n".join(
            [
                *TAKEN[:5],
                "natto daily",
                "ciprofloxacin 500 mg twice a day",
                "fluconazole 150 mg daily",
                "vitamin E 400 IU daily",
            ]
        )
    )
    graves = [finding for finding in made.findings if finding.is_grave]
    assert len(graves) > 3
    found = words_of(as_html(made))
    assert all(finding.talk in found for finding in graves)


def test_what_is_not_clear_is_told_also_when_redacted(page: Callable[..., Page]) -> None:
    """A medicine that may have been stopped must not stand there as taken, and has no time of day."""
    for redact in (False, True):
        made = page("warfarin 5 mg in the evening, no longer\nno vitamin D because Anna said", redact=redact)
        assert [(cell.is_unclear, cell.moments) for taken in made.taken for cell in taken.cells] == [(True, ())] * 2
        for form in FORMATS.values():
            assert " ".join(form(made).split()).count("not clear whether it is taken") == 2


def test_for_how_long_stands_beside_how_often(page: Callable[..., Page]) -> None:
    """A course of a week must not look as if it went on."""
    made = page(
        "ciprofloxacin 500 mg twice a day for 7 days\n15 mg rivaroxaban twice a day for 21 days, then 20 mg daily"
    )
    often = [cell.how_often for taken in made.taken for cell in taken.cells]
    assert often == ["twice a day, for 7 days", "twice a day, for 21 days, first", "once a day, then (step 2)"]


def test_what_the_first_sheet_does_not_ask_or_cite_is_on_the_next(ruleset: RuleSet, reader: Reader) -> None:
    """Every finding in full has its questions, and every number its source, on one of the sheets."""
    chance = random.Random(5)
    for _ in range(60):
        lines = [*chance.sample(TAKEN, chance.randint(5, len(TAKEN))), *chance.sample(SAID, 3)]
        made = page_of(build_report(Regimen(reader.read_all(lines)), ruleset, "us"), "patient", DAY)
        html = as_html(made)
        found = words_of(html)
        for finding in made.findings[: fit(made).in_full]:
            assert finding.talk in found
            assert all(question in found for question in finding.ask)
        listed, cited = (
            set(re.findall(mark, html)) for mark in (r"<(?:p|span)>\[(\d+)\]", r'<span class="small">\[(\d+)\]')
        )
        assert cited <= listed


@pytest.mark.parametrize("form", FORMATS)
def test_every_source_listed_is_cited_and_every_one_cited_listed(page: Callable[..., Page], form: str) -> None:
    """On each sheet, in each format; as text they are numbered without a gap, which a reader would look for."""
    chance = random.Random(9)
    texts = [MARTA, "D3 1000 IU daily", *("\n".join(chance.sample(TAKEN, chance.randint(1, 9))) for _ in range(12))]
    texts.append(MARTA + ACKNOWLEDGED)
    for text in texts:
        for audience in ("patient", "clinician"):
            found = FORMATS[form](page(text, audience)).replace("\\", "")
            if form == "html":
                listed = re.findall(r"<(?:p|span)>\[(\d+)\]", found)
                cited = re.findall(r'<span class="small">\[(\d+)', found)
            else:
                body, _, end = found.partition("## Sources\n" if form == "md" else "\nSources\n")
                mark = r"^ +\[(\d+)\]" if form == "txt" else r"^(\d+)\. "
                listed = re.findall(mark, end, re.MULTILINE)
                cited = re.findall(r"\[(\d+)[:\]]", body)
                assert listed == [str(number) for number in range(1, len(listed) + 1)]
            assert len(listed) == len(set(listed))
            assert set(listed) == set(cited), (audience, text)


def test_redaction_takes_what_an_acknowledgement_says(page: Callable[..., Page]) -> None:
    """A name in the place of a rule, and the day until which it held."""
    known = '[[acknowledged]]\nrule = "{}"\nreason = "{}"\nuntil = {}\n'
    text = (
        MARTA + known.format("Anna 555", "Bea", "2027-01-30") + known.format("vitamin-d-with-fat", "Cleo", "2020-01-30")
    )
    made = page(text, "both", redact=True)
    assert len(made.not_folded) == 2
    for form in FORMATS.values():
        assert not re.search(r"Anna|Bea|Cleo|2020-01|30 Jan", form(made))


def test_a_long_list_takes_no_longer_than_it_is_long(reader: Reader, ruleset: RuleSet) -> None:
    """Only what a sheet could hold is measured; every line is on the page all the same."""
    lines = [f"D3 {number + 1} IU daily" for number in range(1500)]
    made = page_of(build_report(Regimen(reader.read_all(lines)), ruleset, "us"), "patient", DAY)
    assert fit(made).taken < 60
    assert as_html(made).count('<th scope="row"') == 1500


EIGHT = """
Vitamin D3 2000 IU daily
K2 MK-7 100 mcg daily
calcium 500 mg twice a day
magnesium 200 mg at bedtime
metoprolol 50 mg twice a day
atorvastatin 20 mg at bedtime
omeprazole 20 mg daily
vitamin C 500 mg daily
67 years old
female
no other medicines
no other conditions
no other foods
"""


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_eight_ordinary_things_are_on_one_sheet(
    browser: Browser, page: Callable[..., Page], tmp_path: Path, paper: str
) -> None:
    """With everything that matters answered, and at 11 pt."""
    made = page(EIGHT)
    path = _file(tmp_path, made)
    assert fit(made).moved == ()
    assert page_count(browser.print_pdf(path, paper)) == 1
    browser.open(path, media="print")
    assert browser.evaluate("return getComputedStyle(document.querySelector('td')).fontSize").startswith("14.6")


TWELVE = """
Vitamin D3 5000 IU daily
K2 MK-7 100 mcg daily
warfarin 5 mg daily
calcium carbonate 600 mg twice a day with meals
hydrochlorothiazide 25 mg every morning
levothyroxine 75 mcg every morning
magnesium citrate 400 mg at bedtime
omeprazole 20 mg daily
atorvastatin 40 mg at bedtime
metformin 500 mg twice a day
fish oil 1000 mg daily
Vitamin B12 1000 mcg daily
67 years old
female
"""


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_no_third_sheet_for_a_few_lines(
    browser: Browser, page: Callable[..., Page], tmp_path: Path, paper: str
) -> None:
    """What was not said is told in a word instead, and not announced; the findings and questions stay."""
    made = page(TWELVE)
    found = pdf_text(browser.print_pdf(_file(tmp_path, made), paper))
    assert page_count(browser.print_pdf(_file(tmp_path, made), paper)) == 2
    assert "And more that was not said" in found
    assert not any("not said" in part for part in fit(made).moved)
    words = " ".join(found.split())
    assert all(finding.title in words for finding in made.findings)


def test_longer_numbers_of_questions_are_not_cut_off(
    browser: Browser, page: Callable[..., Page], tmp_path: Path
) -> None:
    """On paper what stands left of a column is cut: the tenth question was numbered 0."""
    made = page(TWELVE + "digoxin 0.125 mg daily\nalendronate 70 mg once a week")
    printed = pdf_text(browser.print_pdf(_file(tmp_path, made), "letter"))
    numbers = re.findall(r"^ ?(\d+)\. [A-Z]", printed[printed.index("My questions") :], re.MULTILINE)
    assert len(numbers) > 9
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_the_columns_of_the_list_are_as_wide_as_their_words(page: Callable[..., Page]) -> None:
    """Short amounts leave the room to the names; together they are no wider than the paper."""
    short, long = page("calcium 500 mg daily"), page("\n".join(["D3 50000 IU weekly", "rivaroxaban 15 mg for 21 days"]))
    assert fit(short).columns.item > fit(long).columns.item
    chance = random.Random(2)
    for made in (short, long, *(page("\n".join(_random(chance))) for _ in range(20))):
        widths = fit(made).columns
        assert sum(widths) <= 192.01
        assert widths.item >= 45
        assert (widths.since > 0) == (not made.has_moments)


def test_a_pdf_on_a4_holds_more(page: Callable[..., Page]) -> None:
    """Its paper is known, and A4 is longer than Letter; a page of HTML must fit on either."""
    chance = random.Random(4)
    made = [page("\n".join(_random(chance))) for _ in range(40)]
    alone = [sum(not fit(one, paper).moved for one in made) for paper in ("", "letter", "A4")]
    assert alone[0] == alone[1] < alone[2]


def test_what_begins_later_is_told_as_not_begun(page: Callable[..., Page]) -> None:
    """It counts for the findings, as it is to be talked about before; nobody may take it for something taken."""
    text = 'items = [{ line = "K2 MK-7 100 mcg daily", started = 2027-01-03 }, "warfarin 5 mg daily"]\nlabs = [{ line = "INR 2.5", date = 2026-11-02 }]'
    made = page(text)
    later, now = (taken.cells[0] for taken in made.taken)
    assert (later.is_planned, now.is_planned) == (True, False)
    assert later.since_and_why == "from 3 Jan 2027"
    assert made.findings[0].is_grave
    assert "begun since then" not in made.labs[0].whole
    for form in FORMATS.values():
        found = " ".join(form(made).split())
        assert found.count("not begun yet, counted as if it were") == 1
        assert "from 3 Jan 2027" in found
    assert "not begun yet" in as_text(page(text, redact=True))
    assert not page(text.replace("2027-01-03", "2026-11-21")).taken[0].cells[0].is_planned


def test_the_legend_tells_what_is_drawn(page: Callable[..., Page]) -> None:
    """No letter that stands in no picture, and each that does."""
    made = page("D3 1000 IU daily\nmagnesium 200 mg daily\n67 years old")
    brief, whole = made.legend(is_brief=True), made.legend(is_brief=False)
    assert "N another" in whole
    assert brief == "R recommended, U upper limit; black: this total."
    assert "a broken line: or more" in page("D3 at least 1000 IU daily").legend(is_brief=True)


def test_titles_of_one_action_stand_together(page: Callable[..., Page]) -> None:
    """What is only good to know takes a line, and none of it is left out."""
    made = page(
        "Vitamin D3 5000 IU daily\ncalcium 600 mg twice a day\niron 65 mg daily\nzinc 15 mg daily\nno other medicines"
    )
    others = made.others(1)
    assert [one.action for one in others if not one.words.endswith(".")] == ["MENTION", "GOOD TO KNOW"]
    words = " ".join(one.words for one in others)
    assert all(finding.title in words for finding in made.findings[1:])


def test_a_substance_in_several_products_is_told(page: Callable[..., Page]) -> None:
    """Three products with D3 are easily three doses of it."""
    made = page("D3 1000 IU daily\ncalcium 600 mg + D3 400 IU daily\nMK-7 100 mcg daily")
    words = {gauge.label: gauge.words for gauge in made.gauges}
    assert words["vitamin D3"].endswith("a day, from 2 of these")
    assert words["vitamin K2 (MK-7)"].endswith("a day")


def test_what_was_stopped_is_told_on_a_redacted_page(page: Callable[..., Page]) -> None:
    """It is in our words; what was typed beside something understood is left out."""
    made = page("stopped warfarin\nkidney stones xyzzy\nD3 1000 IU daily", redact=True)
    assert made.noted == ("warfarin: stopped, so not counted as taken", LEFT_OUT)


def test_all_grave_findings_are_in_full_beside_a_long_list(page: Callable[..., Page]) -> None:
    """Also where the list alone fills the first sheet."""
    graves = [
        *TAKEN[:5],
        "natto daily",
        "ciprofloxacin 500 mg twice a day",
        "fluconazole 150 mg daily",
        "vitamin E 400 IU daily",
    ]
    made = page("\n".join([*graves, *(f"vitamin C {number} mg daily" for number in range(100, 170))]))
    found = words_of(as_html(made))
    assert sum(finding.is_grave for finding in made.findings) > 3
    assert all(finding.talk in found for finding in made.findings if finding.is_grave)


def test_a_line_that_is_set_aside_is_nothing_taken(page: Callable[..., Page]) -> None:
    """A comment in a list is shown with what was said besides, and not as something that was not checked."""
    made = page("# from my daughter\nD3 1000 IU daily")
    assert [taken.text for taken in made.taken] == ["D3 1000 IU daily"]
    assert made.noted == ("# from my daughter (a line that begins with # is not read)",)
    assert "Not checked" not in as_text(made)


@pytest.mark.parametrize(
    "by, year, title, link, brief",
    [
        ("Straub DA, Van der Berg P, O'Neil K", 2007, "Long", "https://doi.org/10.1/x", "Straub DA and others (2007), doi 10.1/x"),
        ("Straub DA", None, "Calcium", "", "Straub DA, Calcium"),
        ("a copy, it seems, of an article", None, "Calcium", "", "a copy, it seems, of an article, Calcium"),
        ("A paper, reporting BfR", 2020, "Calcium", "https://a.de", "A paper, reporting BfR (2020), Calcium"),
        ("", None, "words " * 20, "", "words words words words words words words words words …"),
    ],
)  # fmt: skip
def test_a_source_in_short_still_says_whose_copy_was_read(
    by: str, year: int | None, title: str, link: str, brief: str
) -> None:
    """Authors are cut to the first, and a long title at a word; from whom a copy or a report comes is not."""
    advisory = FULL.advisories[0]
    stated = advisory.evidence[0]._replace(source="s", by=by, year=year, title=title.strip(), link=link)
    made = page_of(
        FULL._replace(advisories=(advisory._replace(evidence=(stated,)),), totals=()), "patient", DAY
    )  # fmt: skip
    assert [one.name for one in made.sources] == [brief]


def test_what_was_measured_comes_before_what_may_happen(page: Callable[..., Page]) -> None:
    """Of findings that are as grave, a blood value of this person leads: it must not move to the second sheet."""
    made = page("warfarin 5 mg daily\nMK-7 100 mcg daily\nvitamin K1 100 mcg daily\nINR 9\nno other medicines")
    assert sum(finding.is_grave for finding in made.findings) > 2
    assert made.findings[0].title.startswith("A very high INR")
