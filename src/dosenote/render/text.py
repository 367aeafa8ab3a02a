"""The report for a person at a terminal: gravest first, words for every level, one closing line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from dosenote.dosing import item_amounts
from dosenote.errors import printable
from dosenote.regimen import Reading
from dosenote.render.outline import Entry, Kind, Section, sections
from dosenote.report import Report
from dosenote.report.words import item_words, noted_words
from dosenote.vocabulary import Vocabulary

WIDEST = 80
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
#: How far an entry is indented, and how much further its later lines.
_PLACES: dict[Kind, tuple[int, int]] = {
    "paragraph": (2, 0), "labelled": (2, 2), "numbered": (2, 3), "beneath-number": (5, 2), "bullet": (2, 2),
    "row": (2, 2), "beneath-row": (4, 2), "source": (2, 4), "beneath-source": (6, 0), "link": (6, 0), "closing": (0, 0),
}  # fmt: skip


def render(report: Report, width: int = WIDEST, color: bool = False) -> str:
    """The whole report in lines of at most `width` columns (links are never broken). color: bold headings."""
    return render_sections(sections(report), width, color)


def render_sections(sections: Iterable[Section], width: int = WIDEST, color: bool = False) -> str:
    """Sections one below the other, as `render` lays them out."""
    page = Page(max(24, min(width, WIDEST)), color)
    for section in sections:
        if section.heading:
            page.heading(section.heading)
        else:
            page.blank()
        for entry in section.entries:
            indent, hang = _PLACES[entry.kind]
            page.put(entry.text, indent, hang, _label(entry))
    return page.text()


def _label(entry: Entry) -> str:
    marks = {"numbered": f"{entry.number}. ", "source": f"[{entry.number}] ", "bullet": "- "}
    return marks.get(entry.kind, "") + entry.label


class Page:
    """Lines of one width; nothing that the person typed can move the cursor or change the colours."""

    def __init__(self, width: int, color: bool) -> None:
        self.width = width
        self.color = color
        self.lines: list[str] = []

    def heading(self, text: str) -> None:
        """A heading, wrapped, behind an empty line; bold where there is colour."""
        if self.lines:
            self.lines.append("")
        for line in textwrap.wrap(printable(text), self.width):
            self.lines.append(f"{_BOLD}{line}{_PLAIN}" if self.color else line)

    def put(self, text: str, indent: int = 2, hang: int = 0, label: str = "") -> None:
        """One paragraph; `label` stands before it; later lines are indented by `hang` more."""
        self.lines += textwrap.wrap(
            printable(f"{label}{text}"),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )

    def blank(self) -> None:
        """One empty line, where there is none yet."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        """The whole page, ending with an end of line."""
        return "\n".join(self.lines) + "\n"


def render_reading(reading: Reading, vocabulary: Vocabulary, width: int = WIDEST) -> str:
    """How one line was read, in words."""
    page = Page(max(24, min(width, WIDEST)), False)
    noted = [*noted_words(reading, vocabulary)]
    outcome = "NOTED" if noted and reading.outcome == "ignore" else reading.outcome.upper()
    page.put(reading.text.strip(), indent=0, hang=2, label=f"{outcome}: ")
    for item in reading.items:
        entry = vocabulary[item.substance]
        page.put(item_words(item, item_amounts(item, entry)[0], entry), hang=2, label="= ")
    for words in noted:
        page.put(words, hang=2, label="= ")
    for words in reading.assumed:
        page.put(words, hang=2, label="read as: ")
    for label, pieces in (("not understood", reading.unread), ("missing", reading.missing)):
        if pieces:
            page.put(", ".join(pieces), hang=2, label=f"{label}: ")
    if reading.suggestions:
        page.put(f"{', '.join(reading.suggestions)}?", hang=2, label="did you mean: ")
    if reading.reason and not noted:
        page.put(reading.reason, hang=2, label="because: ")
    for question in reading.questions:
        page.put(question, hang=2, label="to ask: ")
    return page.text()
