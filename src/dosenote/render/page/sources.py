"""The sources of a page: their numbers, each in words and in short, and which of them a sheet cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten

from dosenote.render.outline import Stated
from dosenote.render.page.joining import Group
from dosenote.render.page.model import FIRST, Evidence, Mark, Page, Source
from dosenote.report.model import Total

#: Of a source in short: a name of one author ("Straub DA"), and the most letters of a title.
_AUTHOR = re.compile(r"(?:[\w'’-]+ ){1,3}[A-Z]{1,3}")
_TITLE = 56


class Sources:
    """Numbers the sources in the order in which they are named. first: those that have the first numbers."""

    def __init__(self, first: Iterable[Stated]) -> None:
        self._cited: dict[str, tuple[Stated, dict[str, None]]] = {}
        for source in first:
            self.number(source, source.locator)

    def number(self, source: Stated, locator: str) -> int:
        """The number of a source, from 1; the place in it is noted."""
        self._cited.setdefault(source.source, (source, {}))[1][locator] = None
        return list(self._cited).index(source.source) + 1

    def numbered(self) -> tuple[Source, ...]:
        """Every source so far, with its places."""
        return tuple(
            Source(
                number,
                _words(source),
                source.link,
                tuple(locators),
                source.problem.rstrip("."),
                _brief(source),
            )
            for number, (source, locators) in enumerate(self._cited.values(), 1)
        )


def in_order(findings: Sequence[Group], drawn: Iterable[Total], folded: Sequence[Group]) -> Iterator[Stated]:
    """What the person's own sheet cites, so that its numbers have no gap: those of the sheet for paper come first.

    That sheet has the first findings in full, and of the totals what an authority says, where it says something.
    """
    every = [total.references for total in drawn]
    official = [[one for one in of_one if one.kind != "other"] or of_one for of_one in every]
    yield from _bases(findings[:FIRST])
    yield from (one.sources[0] for of_one in (*official, *every) for one in of_one if one.sources)
    yield from _bases((*findings[FIRST:], *folded))


def _bases(groups: Iterable[Group]) -> Iterator[Stated]:
    yield from (advisory.evidence[0] for group in groups for advisory in group)


def cited(page: Page, stated: Iterable[Evidence | Mark]) -> tuple[Source, ...]:
    """The sources of these pieces of evidence and values of totals, with the places that they cite."""
    places: dict[int, set[str]] = {}
    for one in stated:
        places.setdefault(one.number, set()).add(one.locator)
    return tuple(
        source._replace(locators=tuple(place for place in source.locators if place in places[source.number]))
        for source in page.sources
        if source.number in places
    )


def _year(source: Stated) -> str:
    return f" ({source.year})" if source.year else ""


def _words(source: Stated) -> str:
    return ". ".join(part.rstrip(".") for part in (f"{source.by}{_year(source)}".strip(), source.title) if part)


def _brief(source: Stated) -> str:
    """A source in short: who, when, and where to find it; a DOI says so without its title, which may be cut.

    Whose copy or report of it was read is never cut.
    """
    doi = source.link.removeprefix("https://doi.org/")
    title = f"doi {doi}" if doi != source.link else shorten(source.title, _TITLE, placeholder=" …")
    authors = source.by.split(", ")
    are_authors = len(authors) > 1 and all(map(_AUTHOR.fullmatch, authors))
    by = f"{authors[0]} and others" if are_authors else source.by
    return ", ".join(part for part in (f"{by}{_year(source)}".strip(), title) if part)
