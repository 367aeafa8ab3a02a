"""What a model cannot check about a rule set: support, words, cover of limits, and examples that prove each row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from dosenote.engine import evaluate
from dosenote.errors import DosenoteError, RuleError, nearest
from dosenote.facts import LISTS, Facts, facts_of
from dosenote.files import line_of, load_toml
from dosenote.quantity import parse_amount
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.report.words import PLACEHOLDER
from dosenote.rule import AMOUNT_WORDS, LIMIT, Answer, Example, Limit, Mistake, Row, Rule, Test
from dosenote.ruleset import Files, RuleSet, assemble
from dosenote.shape import mistakes as shape_mistakes
from dosenote.vocabulary import KINDS, words

LONGEST_SUMMARY = 140
LONGEST_SENTENCE = 20
HIGHEST_GRADE = 8.0
#: Months after which a person has to compare a rule with its sources again.
REVIEW_MONTHS = 24
#: Words that tell a person what to swallow, or that all is well. The disclaimers of ruleset.toml may deny safety.
BANNED = (
    "safe", "safely", "stop taking", "start taking", "take more", "take less", "increase your", "reduce your",
    "lower your dose", "raise your dose", "you should take", "avoid taking", "double your", "skip your",
)  # fmt: skip
#: Figures that are part of a name, not an amount.
_NAMES_WITH_FIGURES = re.compile(r"\b(?:D[23]|K[123]|B\d+|MK-\d+|25-?OH-?D)\b")
_PATIENT_TEXTS = ("title", "summary", "why", "talk", "ask")


def lint(folder: Path, today: date) -> tuple[RuleSet, list[str]]:
    """The rule set and everything wrong with it, each as "file:line: what", in the order of the files.

    Raises RuleError when the shape of a file is so wrong that the rest cannot be looked at.
    """
    files = Files.read(folder)
    found = shape_mistakes(files.texts)
    if found:
        raise RuleError(found)
    try:
        ruleset, wrong = assemble(files)
    except DosenoteError as error:
        raise RuleError([str(error)]) from None
    if wrong:
        raise RuleError(wrong)
    reader = Reader(ruleset.vocabulary)
    for rule in ruleset.rules:
        name = f"{rule.folder}/{rule.id}.toml"
        text = files.texts[name]
        for mistake in sorted(_mistakes(rule, ruleset, reader, today), key=lambda one: line_of(text, one.path)):
            wrong.append(f"{name}:{line_of(text, mistake.path)}: {mistake.what}")
    wrong += _vocabulary_mistakes(files, ruleset)
    return ruleset, wrong


def _mistakes(rule: Rule, ruleset: RuleSet, reader: Reader, today: date) -> Iterator[Mistake]:
    yield from _evidence(rule, ruleset)
    yield from _texts(rule)
    yield from _review(rule, today)
    yield from _limits(rule)
    outcomes = list(_examples(rule, reader, ruleset))
    yield from (mistake for mistake, _ in outcomes if mistake)
    if not any(mistake for mistake, _ in outcomes):
        yield from _proof(rule, [facts for _, facts in outcomes])


# --- evidence


def _evidence(rule: Rule, ruleset: RuleSet) -> Iterator[Mistake]:
    rows = {row.fact for row in (*rule.when, *rule.unless)}
    supportable = {*rows, *_PATIENT_TEXTS, "mechanism", *([LIMIT] if rule.limits else [])}
    supported = set()
    for number, evidence in enumerate(rule.evidence):
        if evidence.source not in ruleset.sources:
            near = nearest(evidence.source, ruleset.sources)
            yield Mistake(("evidence", number, "source"), f'no source is called "{evidence.source}".{near}')
        for name in evidence.supports:
            if name not in supportable:
                near = nearest(name, supportable)
                yield Mistake(("evidence", number, "supports"), f'"{name}" is no row or text of this rule.{near}')
        supported |= set(evidence.supports)
    for part, part_rows in (("when", rule.when), ("unless", rule.unless)):
        for row in part_rows:
            if row.fact not in supported:
                yield Mistake((part, row.fact), f"no evidence supports the row {row.fact}")
    if rule.limits and LIMIT not in supported:
        yield Mistake(("limit", 0), "no evidence supports the limit table")
    if not rule.none_against and all(evidence.direction == "for" for evidence in rule.evidence):
        yield Mistake(("evidence", 0), "no evidence against, and no none_against date that says somebody looked")


# --- words


def _texts(rule: Rule) -> Iterator[Mistake]:
    for name in _PATIENT_TEXTS:
        value = getattr(rule, name)
        for text in value if isinstance(value, tuple) else (value,):
            yield from (Mistake((name,), what) for what in _words_wrong(text, graded=name != "title"))
            yield from (Mistake((name,), what) for what in _placeholders_wrong(text, rule))
    if len(PLACEHOLDER.sub("x" * 24, rule.summary)) >= LONGEST_SUMMARY:
        yield Mistake(("summary",), f"the summary is {len(rule.summary)} characters long; under {LONGEST_SUMMARY} fit a card")
    figures = re.search(r"\d[\d,.]*", _NAMES_WITH_FIGURES.sub("", PLACEHOLDER.sub("", rule.summary)))
    if figures:
        yield Mistake(("summary",), f'"{figures[0]}" is typed into the summary; use a placeholder such as {{limit}}')
    if rule.folder == "interaction" and not rule.mechanism.strip():
        yield Mistake(("mechanism",), 'name the mechanism, or say "not known"')


def _words_wrong(text: str, graded: bool) -> Iterator[str]:
    """graded: False for a title, which is a name and no sentence: the name of a disease cannot be made easier."""
    lower = f" {' '.join(words(text))} "
    for phrase in BANNED:
        if f" {phrase} " in lower:
            yield f'"{phrase}" tells a person what to swallow or that all is well; use a talk verb'
    plain = PLACEHOLDER.sub("it", text)
    for sentence in sentences(plain):
        if len(sentence.split()) > LONGEST_SENTENCE:
            yield f"a sentence of {len(sentence.split())} words; {LONGEST_SENTENCE} is the most: {sentence[:50]}..."
    grade = reading_grade(plain) if graded else 0.0
    if grade > HIGHEST_GRADE:
        yield f"reading grade {grade:.1f}; {HIGHEST_GRADE:.0f} is the highest. Shorter words and sentences help"


def _placeholders_wrong(text: str, rule: Rule) -> Iterator[str]:
    rows = {row.fact for row in rule.when if row.fact in LISTS or any(t.comparison in AMOUNT_WORDS for t in row.tests)}
    numbers = [test.comparison for row in rule.when for test in row.tests if test.comparison in AMOUNT_WORDS and test.value != LIMIT]
    once = {word for word in numbers if numbers.count(word) == 1}
    known = rows | once | ({LIMIT} if rule.limits else set())
    for name in PLACEHOLDER.findall(text):
        if name not in known:
            yield f"{{{name}}} stands for nothing in [when].{nearest(name, known)}"


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    tokens = re.findall(r"[A-Za-z][A-Za-z'-]*", text)
    if len(tokens) < 8:
        return 0.0
    syllables = sum(_syllables(token) for token in tokens)
    return 0.39 * len(tokens) / max(1, len(sentences(text))) + 11.8 * syllables / len(tokens) - 15.59


def _syllables(word: str) -> int:
    """Groups of vowels, less a silent e at the end."""
    lower = word.lower()
    groups = len(re.findall(r"[aeiouy]+", lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


# --- review, limits


def _review(rule: Rule, today: date) -> Iterator[Mistake]:
    if rule.reviewed > today:
        yield Mistake(("reviewed",), f"{rule.reviewed} has not come yet")
    months = (today.year - rule.reviewed.year) * 12 + today.month - rule.reviewed.month
    if months > REVIEW_MONTHS and not rule.withdrawn:
        yield Mistake(("reviewed",), f"last compared with its sources {months} months ago; the most is {REVIEW_MONTHS}")


def _limits(rule: Rule) -> Iterator[Mistake]:
    """Every person for whom the rule can hold finds exactly one line of the limit table."""
    asks = any(test.value == LIMIT for row in rule.when for test in row.tests)
    if asks and not rule.limits:
        yield Mistake(("when",), 'a row compares with "limit", but there is no [[limit]]')
    if not rule.limits:
        return
    for number, limit in enumerate(rule.limits):
        strange = [row.fact for row in limit.rows if row.fact != "age"]
        if strange:
            yield Mistake(("limit", number), f"a limit may depend on age only, not on {strange[0]}")
            return
    spans = sorted(_ages(limit.rows) for limit in rule.limits)
    start, end = _ages(tuple(row for row in rule.when if row.fact == "age"))
    if spans[0][0] > start:
        yield Mistake(("limit", 0), f"no limit for ages from {_years(start)} to {_years(spans[0][0])}")
    for (_, upper), (lower, _) in zip(spans, spans[1:], strict=False):
        if upper < lower:
            yield Mistake(("limit", 0), f"no limit for ages from {_years(upper)} to {_years(lower)}")
        if upper > lower:
            yield Mistake(("limit", 0), f"two limits for ages from {_years(lower)} to {_years(upper)}")
    if spans[-1][1] < end:
        yield Mistake(("limit", 0), f"no limit for ages from {_years(spans[-1][1])}")


def _ages(rows: Iterable[Row]) -> tuple[float, float]:
    """From which age, and to below which, a set of rows holds; ages at_least and below only."""
    low, high = 0.0, float("inf")
    for row in rows:
        for test in row.tests:
            if test.comparison in ("at_least", "above"):
                low = max(low, test.number)
            else:
                high = min(high, test.number)
    return low, high


def _years(age: float) -> str:
    return f"{age:g} years"


# --- examples


def _examples(
    rule: Rule, reader: Reader, ruleset: RuleSet
) -> Iterator[tuple[Mistake | None, tuple[Example, Facts | None]]]:
    """Each example with its facts, and what is wrong with it."""
    for number, example in enumerate(rule.examples):
        regimen = example_regimen(example, reader)
        place = ("example", number, "regimen")
        unread = [piece for reading in regimen.readings if reading.hides_something for piece in reading.unread]
        try:
            facts = facts_of(regimen, ruleset.vocabulary)
        except DosenoteError as error:
            yield Mistake(place, error.what), (example, None)
            continue
        outcome = answer(rule, facts)
        if unread:
            near = "".join(f" Did you mean {label}?" for reading in regimen.readings for label in reading.suggestions[:1])
            yield Mistake(place, f'"{unread[0]}" is not understood.{near}'), (example, facts)
        elif outcome != example.expect:
            yield Mistake(("example", number, "expect"), f'"{example.name}": expected {example.expect}, found {outcome}'), (example, facts)
        else:
            yield None, (example, facts)
    found = {example.expect for example in rule.examples}
    for wanted in ("raised", "not-raised", "cannot-tell"):  # an item that is not recognised leaves any fact open
        if wanted not in found:
            yield Mistake(("example", 0), f"no example that is {wanted}"), (rule.examples[0], None)


def example_regimen(example: Example, reader: Reader) -> Regimen:
    """What the regimen of an example says: lines parted by semicolons."""
    return Regimen(reader.read_all(example.regimen.split(";")))


def answer(rule: Rule, facts: Facts) -> Answer:
    """The outcome of one rule for one person's facts."""
    outcome = evaluate((rule,), facts)[0].outcome
    return "raised" if outcome.is_true else "not-raised" if outcome.is_false else "cannot-tell"


def _proof(rule: Rule, tried: list[tuple[Example, Facts | None]]) -> Iterator[Mistake]:
    """Each way of spoiling the rule must change the answer of some example."""
    for mistake, spoilt in _weakenings(rule):
        if all(answer(spoilt, facts) == example.expect for example, facts in tried if facts is not None):
            yield mistake


def _weakenings(rule: Rule) -> Iterator[tuple[Mistake, Rule]]:
    """Every row dropped, every comparison flipped, every number moved by one in its last place."""
    for part, rows in (("when", rule.when), ("unless", rule.unless)):
        for number, row in enumerate(rows):
            rest = (*rows[:number], *rows[number + 1 :])
            if rest or part == "unless":
                mistake = Mistake((part, row.fact), f"no example would notice if the row {row.fact} were dropped")
                yield mistake, _with_rows(rule, part, rest)
            for changed, how in _changed_rows(row):
                mistake = Mistake((part, row.fact), f"no example would notice if {row.fact} were {how}")
                yield mistake, _with_rows(rule, part, (*rows[:number], changed, *rows[number + 1 :]))
    for number, limit in enumerate(rule.limits):
        for spoilt, how in _changed_limits(limit):
            mistake = Mistake(("limit", number, "value"), f"no example would notice if {how}")
            yield mistake, replace(rule, limits=(*rule.limits[:number], spoilt, *rule.limits[number + 1 :]))


def _with_rows(rule: Rule, part: str, rows: tuple[Row, ...]) -> Rule:
    return replace(rule, when=rows) if part == "when" else replace(rule, unless=rows)


_FLIPPED = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below",
            "include_any": "include_none", "include_none": "include_any"}  # fmt: skip


def _changed_rows(row: Row) -> Iterator[tuple[Row, str]]:
    for number, test in enumerate(row.tests):
        for changed, how in _changed_tests(test):
            yield replace(row, tests=(*row.tests[:number], changed, *row.tests[number + 1 :])), how


def _changed_tests(test: Test) -> Iterator[tuple[Test, str]]:
    if test.comparison in _FLIPPED:
        flipped = _FLIPPED[test.comparison]
        yield replace(test, comparison=flipped), f'"{flipped}" instead of "{test.comparison}"'
    if isinstance(test.value, bool):
        yield replace(test, value=not test.value), f"{str(not test.value).lower()} instead of {str(test.value).lower()}"
    elif isinstance(test.value, tuple):
        for id in test.value if len(test.value) > 1 else ():
            rest = tuple(other for other in test.value if other != id)
            yield replace(test, value=rest), f'without "{id}"'
    elif test.comparison in AMOUNT_WORDS and test.value != LIMIT:
        for number, how in _moved(test.value, test.number):
            yield replace(test, number=number), f"{how} than {test.value}"


def _changed_limits(limit: Limit) -> Iterator[tuple[Limit, str]]:
    for number, how in _moved(limit.value, limit.number):
        yield replace(limit, number=number), f"this limit were {how} than {limit.value}"
    for place, row in enumerate(limit.rows):
        for changed, how in _changed_rows(row):
            rows = (*limit.rows[:place], changed, *limit.rows[place + 1 :])
            yield replace(limit, rows=rows), f"{row.fact} of this limit were {how}"


def _moved(written: str, number: float) -> Iterator[tuple[float, str]]:
    """One more and one less in the last place of a number as it is written: 37.5 mcg moves by 0.1 mcg."""
    value = parse_amount(written)[0]
    exponent = value.as_tuple().exponent
    step = number / float(value) * 10.0 ** min(0, exponent if isinstance(exponent, int) else 0)
    yield number + step, "one more"
    yield number - step, "one less"


# --- vocabulary


def _vocabulary_mistakes(files: Files, ruleset: RuleSet) -> Iterator[str]:
    """Numbers without a source, and classes that rules ask about without a question for the person."""
    asked = {
        id for rule in ruleset.rules for row in (*rule.when, *rule.unless) if row.fact in LISTS
        for test in row.tests if isinstance(test.value, tuple) for id in test.value
    }  # fmt: skip
    for stem in KINDS:
        name, text = f"vocabulary/{stem}.toml", files.under("vocabulary").get(stem, "")
        for id, table in load_toml(text, name).items():
            line = line_of(text, (id, "label"))
            if id in asked and not table.get("ask"):
                yield f"{name}:{line}: [{id}] is asked about by a rule and needs an \"ask\""
            converts = any(factor != "1" for factor in table.get("units", {}).values())
            for number, is_given, source in (
                ("mcg_per_iu", "mcg_per_iu" in table, "mcg_per_iu_source"),
                ("units", converts, "source"),
            ):
                if is_given and table.get(source, "") not in ruleset.sources:
                    yield f"{name}:{line}: [{id}] has {number}, and {source} names no source"
            for salt in table.get("salt", ()):
                if salt["source"] not in ruleset.sources:
                    yield f'{name}:{line}: [{id}] salt {salt["id"]}: no source is called "{salt["source"]}"'
