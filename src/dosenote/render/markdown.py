"""The report in GitHub-flavoured Markdown: what stands in it is text, whatever was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import digits

from dosenote.errors import printable
from dosenote.render.outline import Entry, Section, sections
from dosenote.report import Report

_TITLE = "# Notes to talk over with a doctor or pharmacist"
#: Where GitHub looks for a person or an issue, it reads the finished page: only code keeps it from doing so.
_CODE = r"@+|#+(?=\d)"
#: Marks anywhere; a full stop or slashes that could make an address of a word.
_MARKS = r"[\\`*_{}\[\]<>#|~$&]|\.(?=[^\W\d])|(?<=www)\.|/(?=/)|(?<=/)/"
_SPECIAL = re.compile(f"(?P<code>{_CODE})|(?P<mark>{_MARKS})", re.IGNORECASE)
#: What makes a list or a line across the page where it begins a line.
_FIRST = re.compile(r"-|\+(?= |$)|(?<=\d)[.)](?= |$)")
_LINK = re.compile(r"https?://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")


def render(report: Report) -> str:
    """The whole report, in the order and the words of the text for the terminal."""
    found = [*sections(report)]
    parts = [section_text(section, "##") for section in found if section.heading]
    ending = [section_text(section, "") for section in found if not section.heading]
    return "\n\n".join([_TITLE, *parts, "---", *ending]) + "\n"


def section_text(section: Section, level: str) -> str:
    """A section below its heading, if it has one. level: "##" and so on."""
    return "\n\n".join([*([f"{level} {escaped(section.heading)}"] if section.heading else []), blocks(section.entries)])


def blocks(entries: Iterable[Entry]) -> str:
    """Entries as paragraphs and lists."""
    lines: list[str] = []
    number, last = 0, "paragraph"
    for entry in entries:
        number = entry.number or number
        is_list = entry.kind not in ("paragraph", "closing")
        if lines and not (is_list and _is_one_list(last, entry.kind)):
            lines.append("")
        lines.append(_line(entry, number) if is_list else _words(entry))
        last = entry.kind
    return "\n".join(lines)


def _is_one_list(last: str, kind: str) -> bool:
    """Whether an entry goes on with the list of the one before."""
    return last not in ("paragraph", "closing") and (kind != "labelled" or last == "labelled")


def _line(entry: Entry, number: int) -> str:
    if entry.number:
        return f"{entry.number}. {_words(entry)}"
    above = {
        "beneath-row": "- ",
        "beneath-number": f"{number}. ",
        "beneath-source": f"{number}. ",
        "link": f"{number}. ",
    }
    return f"{' ' * len(above.get(entry.kind, ''))}- {_words(entry)}"


def _words(entry: Entry) -> str:
    label = entry.label.strip()
    words = link(entry.text) if entry.kind == "link" else escaped(entry.text)
    if label.endswith(":"):
        return f"**{escaped(label)}** {words}"
    return f"{escaped(label)} {words}" if label else words


def link(address: str) -> str:
    """A link to an address of the web; anything else is text."""
    return f"<{address}>" if is_address(address) else escaped(address)


def is_address(text: str) -> bool:
    """Whether it is an absolute address of the web, and nothing else."""
    return bool(_LINK.fullmatch(text))


def escaped(text: str) -> str:
    """The text as Markdown that says just that: no markup, link, HTML, cell of a table or mention comes out of it.

    Blanks become one space; control characters are made visible. A sign that calls a person or an issue stands as code.
    """
    text = " ".join(printable(text).split())
    begin = len(text) - len(text.lstrip(digits))
    marked = _SPECIAL.sub(lambda match: f"`{match[0]}`" if match["code"] else f"\\{match[0]}", text)
    return f"{marked[:begin]}\\{marked[begin:]}" if _FIRST.match(text, begin) else marked
