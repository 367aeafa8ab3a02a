"""The words of a rule: reading grade, length, banned phrases, typed figures and placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from dosenote.errors import nearest
from dosenote.facts import LISTS
from dosenote.report.words import PLACEHOLDER
from dosenote.rule import AMOUNT_WORDS, LIMIT, Mistake, Rule
from dosenote.vocabulary import words

if TYPE_CHECKING:
    from pyphen import Pyphen

LONGEST_SUMMARY = 140
LONGEST_SENTENCE = 20
HIGHEST_GRADE = 8.0
#: Words that tell a person what to swallow, or that all is well. The disclaimers of ruleset.toml may deny safety.
BANNED = (
    "safe", "safely", "safer", "safest", "unsafe", "harmless", "stop taking", "start taking", "take more", "take less",
    "increase your", "reduce your", "lower your dose", "raise your dose", "you should take", "avoid taking",
    "double your", "skip your", "cut the dose", "please take", "you can take", "you may take", "you may stop",
    "you can stop", "do not take", "no risk", "risk free",
)  # fmt: skip
#: A sentence that begins with one of these tells a person what to swallow.
_ORDERS = re.compile(
    r"(?:^|[.!?]\s+)(Take|Reduce|Increase|Stop|Start|Lower|Raise|Halve|Double|Skip|Swallow|Use|Avoid|Cut)\b",
    re.IGNORECASE,
)
#: Figures that are part of a name, not an amount.
_NAMES_WITH_FIGURES = re.compile(r"\b(?:D[23]|K[123]|B\d+|MK-\d+|25-?OH-?D)\b")
PATIENT_TEXTS = ("title", "summary", "why", "talk", "ask")


def text_mistakes(rule: Rule) -> Iterator[Mistake]:
    """What is wrong with the words of a rule: orders, hard words, long sentences, placeholders, typed figures."""
    for name in PATIENT_TEXTS:
        value = getattr(rule, name)
        for text in value if isinstance(value, tuple) else (value,):
            yield from (Mistake((name,), what) for what in _words_wrong(text, graded=name != "title"))
            if name != "title":
                yield from (Mistake((name,), what) for what in _placeholders_wrong(text, rule))
            figures = re.search(r"\d[\d,.]*", _NAMES_WITH_FIGURES.sub("", PLACEHOLDER.sub("", text)))
            if figures:
                what = f'"{figures[0]}" is typed into the {name}; use a placeholder such as {{limit}}, or evidence.says'
                yield Mistake((name,), what)
    for name in ("certainty_because", "mechanism"):
        yield from (Mistake((name,), what) for what in orders(getattr(rule, name)))
    for name in ("title", "certainty_because", "mechanism"):
        if "{" in getattr(rule, name):
            yield Mistake((name,), "no placeholder is filled in here")
    length = len(PLACEHOLDER.sub("x" * 24, rule.summary))
    if length >= LONGEST_SUMMARY:
        yield Mistake(
            ("summary",),
            f"the summary is {length} characters long when filled in; under {LONGEST_SUMMARY} fit a card",
        )
    if len(sentences(rule.summary)) > 1:
        yield Mistake(("summary",), "the summary is one sentence")


def _words_wrong(text: str, graded: bool) -> Iterator[str]:
    """graded: False for a title, which is a name and no sentence: the name of a disease cannot be made easier."""
    yield from orders(text)
    plain = PLACEHOLDER.sub("it", text)
    for sentence in sentences(plain):
        if len(sentence.split()) > LONGEST_SENTENCE:
            yield f"a sentence of {len(sentence.split())} words; {LONGEST_SENTENCE} is the most: {sentence[:50]}..."
    grade = reading_grade(plain) if graded else 0.0
    if grade > HIGHEST_GRADE:
        yield f"reading grade {grade:.1f}; {HIGHEST_GRADE:.0f} is the highest. Shorter words and sentences help"


def orders(text: str) -> Iterator[str]:
    """Words that tell a person what to swallow, or that all is well."""
    lower = f" {' '.join(words(text))} "
    for phrase in BANNED:
        if f" {phrase} " in lower:
            yield f'"{phrase}" tells a person what to swallow or that all is well; use a talk verb'
    for order in _ORDERS.findall(text):
        yield f'"{order} ..." tells a person what to swallow; use a talk verb'


def _placeholders_wrong(text: str, rule: Rule) -> Iterator[str]:
    rows = {row.fact for row in rule.when if row.fact in LISTS or any(t.word in AMOUNT_WORDS for t in row.comparisons)}
    numbers = [
        test.word for row in rule.when for test in row.comparisons if test.word in AMOUNT_WORDS and test.value != LIMIT
    ]
    once = {word for word in numbers if numbers.count(word) == 1}
    known = rows | once | ({LIMIT} if rule.limits else set())
    if "{" in re.sub(r"\{[^{}]*\}", "", text):
        yield "a { without its }"
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in known:
            yield f"{{{name}}} stands for nothing in [when].{nearest(name, known)}"


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    tokens = re.findall(r"[A-Za-z][A-Za-z'-]*", text)
    if len(tokens) < 8:
        return 0.0
    syllables = sum(_syllables(token) for token in tokens)
    return 0.39 * len(tokens) / max(1, len(sentences(text))) + 11.8 * syllables / len(tokens) - 15.59


@cache
def _syllables(word: str) -> int:
    """The higher of two counts: groups of vowels less a silent e at the end, and the places where a word may be parted.

    The first takes "idea" for two, the second "recent" for one: the harder reading is the one to write for.
    """
    lower = word.lower()
    groups = len(re.findall(r"[aeiouy]+", lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent, len(_hyphens().positions(lower)) + 1)


@cache
def _hyphens() -> Pyphen:
    from pyphen import Pyphen

    return Pyphen(lang="en_US")
