"""Findings about one medicine or one health problem that say nearly the same of several partners, told as one.

Calcium and iron beside levothyroxine are two findings of a report, each with its rule, its evidence and its record. On
a page for ten minutes they are one thing to talk about. Only what is of one severity, action and certainty is joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from dosenote.report.model import Advisory, Because
from dosenote.report.words import and_list

#: What is told as one; most stand alone.
Group: TypeAlias = tuple[Advisory, ...]

_WITH = " with "
_SENTENCE_END = re.compile(r"(?<=[.?!]) +(?=[A-Z])")
_GAP = "\0"


def groups(advisories: Iterable[Advisory]) -> list[Group]:
    """The findings in their order; what is joined stands at the place of its first."""
    found: list[Group] = []
    for advisory in advisories:
        for place, group in enumerate(found):
            if all(_are_alike(advisory, other) for other in group):
                found[place] = (*group, advisory)
                break
        else:
            found.append((advisory,))
    return found


def partners(group: Group) -> tuple[str, ...]:
    """What each finding of a group is about beside what they share, as within a sentence; nothing of one alone."""
    return tuple(_within(_partner(advisory)) for advisory in group) if len(group) > 1 else ()


def title(group: Group) -> str:
    """ "Calcium and iron with a thyroid hormone"."""
    if len(group) == 1:
        return group[0].title
    first, *others = partners(group)
    return and_list([_begun(first), *others]) + _WITH + group[0].title.partition(_WITH)[2]


def rows(group: Group) -> tuple[Because, ...]:
    """Every row that raised one of them, once."""
    return tuple(dict.fromkeys(row for advisory in group for row in advisory.because))


def told(texts: Sequence[str], group: Group) -> str:
    """A text of each finding as one text: what only some of them say is marked as theirs."""
    return " ".join(joined([_SENTENCE_END.split(text) for text in texts], partners(group)))


def joined(pieces: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[str, ...]:
    """Sentences of each finding as one list, each before the shared one that it stood before.

    A sentence that several have is told once, with all their names where they differ in nothing else; one that does not
    name whose it is, and is not everybody's, ends with their names: "Tell them about antacids (for calcium)."
    """
    if len(pieces) == 1:
        return tuple(pieces[0])
    shared: list[_Shared] = []
    for finding, sentences in enumerate(pieces):
        own: list[_Shared] = []  # what waits for the next sentence that is there already
        for sentence in sentences:
            kept = next((one for one in shared if one.takes(sentence, names[finding])), None)
            if kept is None:
                own.append(_Shared(_gapped(sentence, names[finding]), {finding: sentence}))
                continue
            kept.by[finding] = sentence
            place = shared.index(kept)
            shared[place:place], own = own, []
        shared += own
    return tuple(one.words(names) for one in shared)


class _Shared(NamedTuple):
    """A sentence that one or more findings have. gapped: without their own names. by: the words of each."""

    gapped: str
    by: dict[int, str]

    def takes(self, sentence: str, name: str) -> bool:
        """Whether another finding's sentence is this one: in the same words, or but for its own name in each."""
        said = set(self.by.values())
        if sentence in said:
            return len(said) == 1
        has_own = _GAP in self.gapped and len(said) == len(self.by)
        return has_own and _gapped(sentence, name) == self.gapped

    def words(self, names: Sequence[str]) -> str:
        said = list(dict.fromkeys(self.by.values()))
        if len(said) > 1:
            filled = self.gapped.replace(_GAP, _or_list([names[finding] for finding in self.by]))
            return _begun(filled)
        names_itself = len(self.by) == 1 and _GAP in self.gapped
        if len(self.by) == len(names) or names_itself:
            return said[0]
        body, end = (said[0][:-1], said[0][-1]) if said[0][-1:] in (".", "?", "!") else (said[0], "")
        return f"{body} (for {and_list(names[finding] for finding in self.by)}){end}"


def _are_alike(one: Advisory, other: Advisory) -> bool:
    """Whether two findings are of one weight, about the same, and nearly in the same words."""
    if one.acknowledged or other.acknowledged or _weight(one) != _weight(other):
        return False
    rest = {advisory.title.partition(_WITH)[2] for advisory in (one, other)}
    if len(rest) > 1 or not all(rest):
        return False
    own = [[row for row in mine.because if row not in its.because] for mine, its in ((one, other), (other, one))]
    if not all(len(rows) == 1 and rows[0].fact.endswith(".taken") and rows[0].value == "yes" for rows in own):
        return False
    said = [set(_said(advisory)) for advisory in (one, other)]
    return 2 * len(said[0] & said[1]) >= max(map(len, said))


def _weight(advisory: Advisory) -> tuple[str, ...]:
    return advisory.kind, advisory.severity, advisory.action, advisory.certainty


def _said(advisory: Advisory) -> Iterator[str]:
    name = _within(_partner(advisory))
    for text in (advisory.summary, advisory.talk):
        yield from (_gapped(sentence, name) for sentence in _SENTENCE_END.split(text))


def _partner(advisory: Advisory) -> str:
    return advisory.title.partition(_WITH)[0]


def _gapped(sentence: str, name: str) -> str:
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", _GAP, sentence, flags=re.IGNORECASE)


def _within(words: str) -> str:
    """As it stands within a sentence; a name of capitals keeps them."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _or_list(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}"
