"""The summary of a batch as text, Markdown or HTML, with bars; what could not be told stands apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from dosenote.batch.csv_rows import PERSON
from dosenote.batch.lines import FLAGS, LISTS
from dosenote.batch.part import Counted
from dosenote.errors import nearest, printable
from dosenote.render.markdown import escaped
from dosenote.render.outline import ACTION_WORDS
from dosenote.rule import ACTIONS
from dosenote.ruleset import RuleSet

#: Of texts and of missing facts, only the most frequent are shown.
_SHOWN = 10
_BAR = 24
#: What a column may be meant to be that is not used: those that may be missing.
_COLUMNS = (*LISTS, *FLAGS, *PERSON)


class Row(NamedTuple):
    """One line: what it is about, how many regimens, and the share of all, which is drawn as a bar."""

    label: str
    number: int
    share: float
    note: str = ""


class Section(NamedTuple):
    """A heading with its rows. words: what is said under the heading."""

    title: str
    rows: tuple[Row, ...]
    words: str = ""


class Summary(NamedTuple):
    """The summary before it is laid out. lines: sentences at the beginning and at the end."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    ending: tuple[str, ...]


def unused_words(columns: Sequence[str]) -> str:
    """That columns were not used, each with the one of ours that may be meant; "" where there are none."""
    near = (nearest(column.casefold(), _COLUMNS).strip() for column in columns)
    named = [f'"{column}"' + (f" ({words})" if words else "") for column, words in zip(columns, near, strict=True)]
    return f"Columns that are not used, so nothing in them was checked: {', '.join(named)}." if named else ""


def summary_of(counted: Counted, ruleset: RuleSet, jurisdiction: str, unused: Sequence[str] = ()) -> Summary:
    """What a batch came to. Rules that nobody's answers raised, and which were decided, are not listed.

    unused: the columns of the file that mean nothing here.
    """
    total = counted.regimens
    rules = sorted(ruleset.for_jurisdiction(jurisdiction), key=lambda rule: rule.gravity)

    def rows(counts: dict[str, int]) -> tuple[Row, ...]:
        found = [(rule, counts[rule.id]) for rule in rules if counts.get(rule.id)]
        return tuple(
            Row(rule.title, number, number / max(total, 1), ACTION_WORDS[rule.action]) for rule, number in found
        )

    undecided = sorted(rows(counted.open), key=lambda row: -row.number)
    missing = [(_fact_label(name, ruleset), number) for name, number in _most(counted.missing)]
    answers = [Row(f"{ACTION_WORDS[action]} is the gravest", counted.answers[action], 0.0) for action in ACTIONS]
    answers += [
        Row("nothing raised, but NOT everything decided: no clearance", counted.answers["cannot-tell"], 0.0),
        Row("nothing raised, everything decided", counted.answers["not-raised"], 0.0),
    ]
    return Summary(
        "Summary of a batch",
        (
            f"{counted.read:,} rows read: {counted.read - counted.rejected:,} used, {counted.rejected:,} rejected. "
            f"{total:,} regimens checked against {len(rules)} rules ({ruleset.version}, sha256 {ruleset.digest[:12]}, "
            f"values for {jurisdiction.upper()}).",
            *filter(None, ("" if counted.read else "There was no row in it.", unused_words(unused))),
        ),
        (
            Section("Regimens", tuple(row._replace(share=row.number / max(total, 1)) for row in answers)),
            Section("Raised", rows(counted.raised), "Regimens in which a rule is raised, gravest rule first."),
            Section(
                "Could not be told",
                tuple(undecided[:_SHOWN]),
                "Regimens in which something that was not said decides: do not read these as clear."
                + (f" The most frequent of {len(undecided)} rules." if len(undecided) > _SHOWN else ""),
            ),
            Section(
                "What is missing most often",
                tuple(Row(label, number, number / max(total, 1)) for label, number in missing),
                "Regimens in which this would help to decide a rule.",
            ),
            Section(
                "Not recognised most often",
                tuple(Row(text, number, number / max(total, 1)) for text, number in _most(counted.unread)),
                f"And {counted.others:,} others." if counted.others else "",
            ),
        ),
        (
            f"{counted.left:,} findings were left to a graver one about the same thing." if counted.left else "",
            ruleset.disclaimer,
        ),
    )


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The most frequent, and of those that are as frequent the first by name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]


def _fact_label(name: str, ruleset: RuleSet) -> str:
    kind, _, id = name.removesuffix(":unnamed").partition(":")
    if id:
        return f"{kind}: {ruleset.vocabulary[id].label}"
    return ruleset.facts[name].label


def text(summary: Summary, width: int) -> str:
    """Plain text with bars of # signs; below 60 columns without bars."""
    return "\n".join(_text_lines(summary, width)) + "\n"


def _text_lines(summary: Summary, width: int) -> Iterator[str]:
    bar = _BAR if width >= 60 else 0
    label = max(20, width - bar - 20)
    for line in summary.lines:
        yield from _wrapped(printable(line), width)
    for section in summary.sections:
        if not section.rows:
            continue
        yield ""
        yield section.title.upper()
        if section.words:
            yield from _wrapped(f"  {section.words}", width)
        for row in section.rows:
            words = f"{row.note}: {row.label}" if row.note else row.label
            first, *more = list(_wrapped(printable(words), label))
            drawn = f"  {_hashes(row.share, bar)}" if bar else ""
            yield f"  {first:<{label}} {row.number:>8,} {_percent(row.share)}{drawn}".rstrip()
            yield from (f"    {line}" for line in more)
    yield ""
    for line in summary.ending:
        if line:
            yield from _wrapped(line, width)


def _wrapped(line: str, width: int) -> list[str]:
    from textwrap import wrap

    indent = len(line) - len(line.lstrip())
    return wrap(line.strip(), width, initial_indent=" " * indent, subsequent_indent=" " * indent) or [""]


def _percent(share: float) -> str:
    return f"{100 * share:5.1f} %"


def _hashes(share: float, width: int) -> str:
    return "#" * max(round(share * width), 1 if share else 0)


def markdown(summary: Summary) -> str:
    """Markdown: a table a section; what was typed is escaped."""
    lines = [f"# {summary.title}"]
    for line in summary.lines:
        lines += ["", escaped(line)]
    for section in summary.sections:
        if section.rows:
            lines += ["", f"## {section.title}", "", section.words, "", "| | | | |", "|---|---:|---:|---|"]
            for row in section.rows:
                words = escaped(f"{row.note}: {row.label}" if row.note else row.label)
                lines.append(f"| {words} | {row.number:,} | {_percent(row.share)} | {'█' * round(row.share * _BAR)} |")
    lines += ["", *(line for line in summary.ending if line)]
    return "\n".join(lines) + "\n"


def html(summary: Summary) -> str:
    """One page that needs nothing else: no script, no font, no network."""
    parts = [
        _HEAD.format(title=escape(summary.title)),
        *(f"<p>{escape(printable(line))}</p>" for line in summary.lines),
    ]
    for section in summary.sections:
        if section.rows:
            parts.append(f"<h2>{escape(section.title)}</h2>")
            parts.append(f"<p>{escape(section.words)}</p>" if section.words else "")
            parts.append(_html_table(section.title, section.rows))
    parts += [f"<p>{escape(line)}</p>" for line in summary.ending if line]
    return "\n".join(part for part in parts if part) + "\n</main>\n</body>\n</html>\n"


def _html_table(title: str, rows: Sequence[Row]) -> str:
    lines = [f"<table><caption>{escape(title)}</caption>"]
    lines.append(
        '<tr><th scope="col">What</th><th scope="col">Regimens</th><th scope="col" colspan="2">Share</th></tr>'
    )
    for row in rows:
        words = escape(printable(f"{row.note}: {row.label}" if row.note else row.label))
        width = round(100 * row.share, 1)
        bar = f'<svg width="120" height="10" aria-hidden="true"><rect width="{1.2 * width:.1f}" height="10"/></svg>'
        share = _percent(row.share).strip()
        lines.append(f'<tr><th scope="row">{words}</th><td>{row.number:,}</td><td>{share}</td><td>{bar}</td></tr>')
    return "\n".join([*lines, "</table>"])


_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; color: #000; background: #fff; margin: 1rem; }}
main {{ max-width: 50rem; margin: auto; }}
table {{ border-collapse: collapse; width: 100%; overflow-wrap: anywhere; }}
caption {{ position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }}
th, td {{ text-align: left; border-bottom: 1px solid #767676; padding: .25rem .5rem; vertical-align: top; }}
th[scope=row] {{ font-weight: normal; }}
td {{ text-align: right; white-space: nowrap; }}
td:last-child {{ text-align: left; }}
th[scope=col] {{ overflow-wrap: normal; }}
@media (max-width: 30rem) {{ td:last-child {{ display: none; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>"""
