"""Whether the examples of a rule come out, and whether they would notice a row, a word or a number that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import Facts, facts_of
from dosenote.quantity import parse_amount
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.rule import AMOUNT_WORDS, LIMIT, Answer, Comparison, Example, Limit, Mistake, Row, Rule
from dosenote.ruleset import RuleSet


def example_mistakes(rule: Rule, reader: Reader, ruleset: RuleSet) -> Iterator[Mistake]:
    """What is wrong with the examples; and when nothing is, what they would not notice."""
    tried = list(_examples(rule, reader, ruleset))
    mistakes = [mistake for mistake, _ in tried if mistake]
    yield from mistakes or _proof(rule, [facts for _, facts in tried])


def _examples(
    rule: Rule, reader: Reader, ruleset: RuleSet
) -> Iterator[tuple[Mistake | None, tuple[Example, Facts | None]]]:
    """Each example with its facts, and what is wrong with it."""
    names = [example.name for example in rule.examples]
    for number, example in enumerate(rule.examples):
        if names.index(example.name) != number:
            yield (
                Mistake(("example", number, "name"), f'two examples are called "{example.name}"'),
                (example, None),
            )
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
            near = "".join(
                f" Did you mean {label}?" for reading in regimen.readings for label in reading.suggestions[:1]
            )
            yield Mistake(place, f'"{unread[0]}" is not understood.{near}'), (example, facts)
        elif outcome != example.expect:
            yield (
                Mistake(
                    ("example", number, "expect"),
                    f'"{example.name}": expected {example.expect}, found {outcome}',
                ),
                (example, facts),
            )
        else:
            yield None, (example, facts)
    found = {example.expect for example in rule.examples}
    for wanted in (
        "raised",
        "not-raised",
        "cannot-tell",
    ):  # an item that is not recognised leaves any fact open
        if wanted not in found:
            yield Mistake(("example", 0), f"no example that is {wanted}"), (rule.examples[0], None)


def example_regimen(example: Example, reader: Reader) -> Regimen:
    """What the regimen of an example says: lines parted by semicolons."""
    return Regimen(reader.read_all(reader.items_of(example.regimen)))


def answer(rule: Rule, facts: Facts) -> Answer:
    """The outcome of one rule for one person's facts."""
    return evaluate((rule,), facts)[0].answer


def count_weakenings(rule: Rule) -> int:
    """In how many ways the proof spoils a rule, each of which an example must notice."""
    return sum(1 for _ in _weakenings(rule))


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
            yield mistake, rule._replace(limits=(*rule.limits[:number], spoilt, *rule.limits[number + 1 :]))


def _with_rows(rule: Rule, part: str, rows: tuple[Row, ...]) -> Rule:
    return rule._replace(when=rows) if part == "when" else rule._replace(unless=rows)


_FLIPPED = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below",
            "include_any": "include_none", "include_none": "include_any",
            "include_unnamed": "include_any",
    "include_also": "include_none"}  # fmt: skip


def _changed_rows(row: Row) -> Iterator[tuple[Row, str]]:
    for number, test in enumerate(row.comparisons):
        for changed, how in _changed_tests(test):
            yield (
                row._replace(comparisons=(*row.comparisons[:number], changed, *row.comparisons[number + 1 :])),
                how,
            )


def _changed_tests(test: Comparison) -> Iterator[tuple[Comparison, str]]:
    if test.word in _FLIPPED:
        flipped = _FLIPPED[test.word]
        yield test._replace(word=flipped), f'"{flipped}" instead of "{test.word}"'
    if isinstance(test.value, bool):
        yield (
            test._replace(value=not test.value),
            f"{str(not test.value).lower()} instead of {str(test.value).lower()}",
        )
    elif isinstance(test.value, tuple):
        for id in test.value if len(test.value) > 1 else ():
            rest = tuple(other for other in test.value if other != id)
            yield test._replace(value=rest), f'without "{id}"'
    elif test.word in AMOUNT_WORDS and test.value != LIMIT:
        for number, how in _moved(test.value, test.number):
            yield test._replace(number=number), f"{how} than {test.value}"


def _changed_limits(limit: Limit) -> Iterator[tuple[Limit, str]]:
    for number, how in _moved(limit.value, limit.number):
        yield limit._replace(number=number), f"this limit were {how} than {limit.value}"
    for place, row in enumerate(limit.rows):
        for changed, how in _changed_rows(row):
            rows = (*limit.rows[:place], changed, *limit.rows[place + 1 :])
            yield limit._replace(rows=rows), f"{row.fact} of this limit were {how}"


def _moved(written: str, number: float) -> Iterator[tuple[float, str]]:
    """One more and one less in the last place of a number as it is written: 37.5 mcg moves by 0.1 mcg."""
    value = parse_amount(written)[0]
    exponent = value.as_tuple().exponent
    step = number / float(value) * 10.0 ** min(0, exponent if isinstance(exponent, int) else 0)
    yield number + step, "one more"
    yield number - step, "one less"
