"""What real people take, by a national survey: our daily totals against the survey's own, and how often rules speak.

    PYTHONPATH=src python tests/benchmarks/nhanes.py [DIR]

DIR holds people, items, medicines and products as .csv, .csv.xz or .csv.gz (default: ../shared/nhanes); they are read
in place. Exit status 1 where somebody's answers are complete and our vitamin D is not the survey's, 2 without files.

What is known and what is not:
- An item that the survey lists is taken. Refused, "don't know" and empty (days, quantity, label amount, unit) leave the
  total at "at least"; a product without a label may hold all of it (a non-prescription antacid: calcium, magnesium).
- A label is what the files list of it: vitamin D, vitamin K, calcium, magnesium; forms (D2 or D3, K1 or K2) are not
  told. Whatever else a product holds (iron, zinc, greens) is unknown, and so is what was stopped. An antacid with a
  label is its calcium and magnesium.
- At one time is anything from one piece to all of a day; a dose of at most five days in thirty may be a weekly one.
- "Do you take prescription medicines" closes the list for medicines that need a prescription; those of our rules that
  the US sells without one stay unknown, and so does everything beside a medicine of which only the class was told.
  A generic name that our vocabulary does not have is taken as one that no rule speaks of; how many is printed.
- Age is in completed years, 80 is 80 or more. Conditions, foods, blood tests and breastfeeding are not in the files.
"""

from __future__ import annotations

import csv
import gzip
import lzma
import sys
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf, isinf
from pathlib import Path
from typing import NamedTuple, TextIO

from dosenote.dosing import item_amounts
from dosenote.engine import evaluate
from dosenote.facts import Facts, fact_name, facts_of
from dosenote.logic import ANY_AMOUNT, UNKNOWN, Interval
from dosenote.quantity import Amount, convert
from dosenote.reader import Reader
from dosenote.regimen import Closed, Item, Person, Reading, Regimen, Schedule
from dosenote.rule import Rule
from dosenote.ruleset import RuleSet, load
from dosenote.vocabulary import Vocabulary

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "nhanes"
JURISDICTION = "us"
#: The days that the survey asks about.
DAYS = Decimal(30)
#: Weekly is on four or five of thirty days; so is a course of five days, and nobody was asked which.
SELDOM = 5
#: Refused, and don't know.
_NO_QUANTITY = (777777, 999999)
_NO_PRODUCT = ("7777", "9999")
#: Medicines that a rule or a class of a rule names and that the US sells without a prescription (general knowledge).
WITHOUT_PRESCRIPTION = ("acetylsalicylic-acid", "miconazole", "mineral-oil", "orlistat")
#: How the survey names a medicine of which only the class was told: "ANTI-INFECTIVES - UNSPECIFIED".
_CLASS_ONLY = "UNSPECIFIED"
#: Completed years: somebody of 17 is not yet 18. Short of a year by more than the engine's tolerance, and by less
#: than a day.
_YEAR = 0.999
OLDEST = 80
#: Two floats of one amount; far below any rounding of the survey.
_SLACK = 1e-9
_SHOWN = 10


class Nutrient(NamedTuple):
    """A nutrient of the survey: its name on labels, its entry, the end of its columns, and the survey's rounding.

    of_item, of_total: half of the last place to which the survey rounds the amount of one product on a day, and the
    total of a person a day, in the unit of the column (read off the files; a later cycle keeps more places of calcium).
    """

    name: str
    entry: str
    column: str
    of_item: Decimal
    of_total: Decimal

    @property
    def unit(self) -> str:
        """The unit of the survey's columns, which is the entry's own."""
        return self.column.rpartition("_")[2]


VITAMIN_D = Nutrient("vitamin d", "vitamin-d", "vitamin_d_mcg", Decimal("0.005"), Decimal("0.0005"))
NUTRIENTS = (
    VITAMIN_D,
    Nutrient("vitamin k", "vitamin-k", "vitamin_k_mcg", Decimal("0.05"), Decimal("0.05")),
    Nutrient("calcium", "calcium", "calcium_mg", Decimal("0.5"), Decimal("0.05")),
    Nutrient("magnesium", "magnesium", "magnesium_mg", Decimal("0.05"), Decimal("0.005")),
)
_BY_NAME = {nutrient.name: nutrient for nutrient in NUTRIENTS}
_UNITS = {nutrient.entry: nutrient.unit for nutrient in NUTRIENTS}
#: Entries for a product of which the label is not told; where all labels are told, nothing is one of these.
_UNLABELLED = ("antacid", "multivitamin")

#: A label: the amount in a serving of each nutrient that it lists, in the unit of its column; None where not known.
Label = Mapping[str, Decimal | None]


class Taken(NamedTuple):
    """One item of the survey: what it is read as, and how the survey counts it.

    days: of the last thirty; None where not told. ours, theirs: amounts on a day on which it was taken, by the label
    and by the survey, where there are any; unlisted: nutrients that the survey counts and the label does not list;
    untold: which of label, days and quantity were not told.
    """

    name: str
    reading: Reading
    days: Decimal | None
    ours: Mapping[str, Decimal]
    theirs: Mapping[str, Decimal]
    unlisted: tuple[str, ...]
    untold: tuple[str, ...]


class Someone(NamedTuple):
    """One person of the survey. theirs: the survey's own total a day of each nutrient that it has one of."""

    id: str
    weight: float
    regimen: Regimen
    taken: tuple[Taken, ...]
    theirs: Mapping[str, Decimal]


class Checked(NamedTuple):
    """Our totals a day, and the ids of the rules that are shown as raised and of those that cannot tell."""

    totals: Mapping[str, Interval]
    raised: tuple[str, ...]
    undecided: tuple[str, ...]


# --- the four files


def rows(folder: Path, stem: str) -> Iterator[dict[str, str]]:
    """The rows of one file, plain or compressed; raises FileNotFoundError where there is none."""
    with _opened(folder, stem) as file:
        yield from csv.DictReader(file)


def _opened(folder: Path, stem: str) -> TextIO:
    plain = folder / f"{stem}.csv"
    if plain.exists():
        return plain.open(encoding="utf-8", newline="")
    if (packed := plain.with_suffix(".csv.xz")).exists():
        return lzma.open(packed, "rt", encoding="utf-8", newline="")
    return gzip.open(plain.with_suffix(".csv.gz"), "rt", encoding="utf-8", newline="")


def labels_of(folder: Path, vocabulary: Vocabulary) -> Mapping[str, Label]:
    """The label of every product, by its number; {} where it lists none of the four."""
    labels: dict[str, dict[str, Decimal | None]] = {}
    for row in rows(folder, "products"):
        label = labels.setdefault(row["product"], {})
        if not row["ingredient"]:
            continue
        nutrient = _BY_NAME[row["ingredient"]]
        written, factor = _number(row["amount"]), vocabulary[nutrient.entry].mcg_per_iu
        amount = None if written is None else convert(written, row["unit"], nutrient.unit, factor)
        before = label.get(nutrient.entry, Decimal(0))  # a label may list a nutrient twice
        label[nutrient.entry] = None if amount is None or before is None else before + amount
    return labels


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def people_of(folder: Path, ruleset: RuleSet, medicines: Medicines) -> Iterator[Someone]:
    """Every person of the survey, in the order of the file."""
    labels = labels_of(folder, ruleset.vocabulary)
    taken: dict[str, list[Taken]] = {}
    for row in rows(folder, "items"):
        taken.setdefault(row["person"], []).append(taken_of(row, labels))
    names: dict[str, list[str]] = {}
    for row in rows(folder, "medicines"):
        names.setdefault(row["person"], []).append(row["medicine"])
    for row in rows(folder, "people"):
        id = row["person"]
        own = tuple(taken.get(id, ()))
        readings, closed = medicines.readings(row["takes_prescriptions"], tuple(names.get(id, ())))
        sex = row["sex"]
        person = Person(
            age=_number(row["age_years"]),
            sex="female" if sex == "female" else "male" if sex == "male" else None,
            pregnant={"yes": True, "no": False}.get(row["pregnant"]),
        )
        regimen = Regimen((*(one.reading for one in own), *readings), person, Closed(medicines=closed))
        yield Someone(id, float(row["weight"]), regimen, own, _theirs(row, "_day"))


def _theirs(row: Mapping[str, str], suffix: str = "") -> dict[str, Decimal]:
    found = {nutrient.entry: _number(row[f"nchs_{nutrient.column}{suffix}"]) for nutrient in NUTRIENTS}
    return {entry: amount for entry, amount in found.items() if amount is not None}


# --- what is taken


def taken_of(row: Mapping[str, str], labels: Mapping[str, Label]) -> Taken:
    """One row of items."""
    name = row["product_name"]
    label = labels.get(row["product"])
    days = _number(row["days_taken_of_30"])
    if days is not None and not 1 <= days <= DAYS:  # 7777 refused, 9999 don't know
        days = None
    pieces, servings = _number(row["quantity_on_a_day"]), _number(row["label_servings_on_a_day"])
    if pieces is None or pieces in _NO_QUANTITY:
        pieces = servings = None
    untold = tuple(what for what, told in (("label", label), ("days", days), ("quantity", servings)) if told is None)
    theirs = _theirs(row)
    if label is None:
        return Taken(name, _without_label(row), days, {}, theirs, (), untold)
    unlisted = tuple(entry for entry, amount in theirs.items() if amount and entry not in label)
    items: list[Item] = []
    for entry, amount in (*label.items(), *((entry, None) for entry in unlisted)):
        on_a_day = None if amount is None or servings is None else amount * servings
        items += _items(name, entry, on_a_day, pieces, days)
    ours = {entry: amount * servings for entry, amount in label.items() if amount is not None and servings is not None}
    return Taken(name, Reading(name, "accept", tuple(items)), days, ours, theirs, unlisted, untold)


def _without_label(row: Mapping[str, str]) -> Reading:
    """A product of which nobody knows the label, and which may hold all that a multivitamin may; or an antacid.

    is_antacid is 2 for antacids in these files, and 1 for two that were reported as a supplement.
    """
    name = row["product_name"]
    if row["is_antacid"] not in ("", "0"):
        return Reading(name, "ask", (Item(name, "antacid", is_taken=name not in _NO_PRODUCT),), missing=("amount",))
    perhaps = ("multivitamin", *(nutrient.entry for nutrient in NUTRIENTS))
    return Reading(name, "ask", tuple(Item(name, id, is_taken=False) for id in perhaps), missing=("amount",))


def _items(
    name: str, substance: str, on_a_day: Decimal | None, pieces: Decimal | None, days: Decimal | None
) -> tuple[Item, ...]:
    """One nutrient of one product.

    The survey asks how much on a day and not how much at one time. Both ends are said as steps of one line, which are
    never added and of which nobody knows which one it is: all of the day at one time, or one piece at a time. Amounts
    a day agree, so that the total is exact; amounts at one time lie between them.
    """
    if on_a_day is None or pieces is None:
        return (Item(name, substance, schedule=_schedule(days)),)
    at_once = Item(name, substance, Amount(on_a_day, on_a_day, _UNITS[substance]), schedule=_schedule(days))
    if pieces <= 1:
        return (at_once,)
    each = on_a_day / pieces
    by_piece = at_once._replace(
        amount=Amount(each, each, _UNITS[substance]), schedule=_schedule(None if days is None else days * pieces)
    )
    return at_once._replace(phase=1), by_piece._replace(phase=2)


def _schedule(times: Decimal | None) -> Schedule | None:
    """So many times in thirty days; None where that is not known."""
    return None if times is None else Schedule((times, times), DAYS)


@dataclass
class Medicines:
    """Generic names as the survey codes them, each read once. unknown: those that the vocabulary does not have."""

    reader: Reader
    read: dict[str, Reading] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)

    def readings(self, takes: str, medicines: tuple[str, ...]) -> tuple[tuple[Reading, ...], bool]:
        """The medicines of one person, and whether the list is complete; takes: yes, no or unknown."""
        names = [name for medicine in medicines for name in medicine.split("; ")]
        told = tuple(self._reading(name) for name in names)
        if takes == "unknown" or not all(map(_names_one, names)) or (takes == "yes" and not names):
            return told, False
        others = Reading("sold without a prescription, not asked", "ask", doubted=WITHOUT_PRESCRIPTION)
        return (*told, others), True

    def _reading(self, name: str) -> Reading:
        """What is read only in part may be something else ("DEXAMETHASONE OTIC", "INSULIN ZINC"): it may be there."""
        if name not in self.read:
            found = self.reader.read(name)
            sure = not found.unread and len(found.items) == 1
            items = (Item(name, item.substance, is_taken=item.is_taken and sure) for item in found.items)
            self.read[name] = Reading(name, "accept", tuple(items))
        if not self.read[name].items and _names_one(name):
            self.unknown[name] += 1
        return self.read[name]


def _names_one(name: str) -> bool:
    return bool(name) and _CLASS_ONLY not in name


# --- facts and rules


def facts_for(regimen: Regimen, has_product: bool, vocabulary: Vocabulary) -> Facts:
    """The facts of one person, less what the survey did not ask or these files do not tell.

    has_product: whether there is a product, of which only the four nutrients are known.
    """
    facts = facts_of(regimen, vocabulary)
    truths, intervals = dict(facts.truths), dict(facts.intervals)
    age = regimen.person.age
    if age is not None:
        intervals["age"] = Interval(float(age), inf if age >= OLDEST else float(age) + _YEAR)
    groups = {id: one.entry for one in NUTRIENTS for id in (one.entry, *vocabulary.members(one.entry))}
    seldom = _seldom(regimen, vocabulary)
    for entry in vocabulary.of_kind("supplement"):
        name = fact_name(entry.id)
        truths[f"{name}.stopped"] = UNKNOWN
        if entry.id in groups:
            spaced = intervals[f"{name}.spaced_dose"]
            intervals[f"{name}.spaced_dose"] = Interval(0.0, max(spaced.high, seldom.get(groups[entry.id], 0.0)))
        elif has_product and entry.id not in _UNLABELLED:
            if not truths[f"{name}.taken"].is_true:
                truths[f"{name}.taken"] = UNKNOWN
            truths[f"{name}.new"] = truths[f"{name}.with_food"] = UNKNOWN
            for amount in ("daily", "each_time", "spaced_dose"):
                intervals[f"{name}.{amount}"] = ANY_AMOUNT
    return Facts(truths, intervals, facts.sources)


def _seldom(regimen: Regimen, vocabulary: Vocabulary) -> dict[str, float]:
    """Of each nutrient, the amounts on a day of what was taken on so few days that it may be taken once a week."""
    found: dict[str, float] = {}
    for _, item in regimen.items():
        if item.schedule is not None and item.phase != 2 and item.schedule.times[0] <= SELDOM:
            each, _ = item_amounts(item, vocabulary[item.substance])
            found[item.substance] = found.get(item.substance, 0.0) + each.high
    return found


def check(regimen: Regimen, has_product: bool, rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Checked:
    """One person against the rules; a rule that a raised one covers is not shown, as in the notes."""
    facts = facts_for(regimen, has_product, vocabulary)
    findings = evaluate(rules, facts)
    raised = [finding.rule for finding in findings if finding.outcome.is_true]
    covered = {id for rule in raised for id in rule.supersedes}
    return Checked(
        {one.entry: facts.intervals[f"{fact_name(one.entry)}.daily"] for one in NUTRIENTS},
        tuple(rule.id for rule in raised if rule.id not in covered),
        tuple(finding.rule.id for finding in findings if finding.outcome.is_unknown),
    )


def check_all(people: Iterable[Someone], ruleset: RuleSet) -> Iterator[tuple[Someone, Checked]]:
    """Everybody, in order; of people of whom the same is known one is checked."""
    rules = ruleset.for_jurisdiction(JURISDICTION)
    known: dict[tuple[Regimen, bool], Checked] = {}
    for someone in people:
        key = (someone.regimen, bool(someone.taken))
        if key not in known:
            known[key] = check(*key, rules, ruleset.vocabulary)
        yield someone, known[key]


# --- our totals against the survey's


class Differing(NamedTuple):
    """Somebody whose total is not the survey's, in the nutrient's unit; cause: by product."""

    person: str
    ours: float
    theirs: Decimal | None
    cause: str


@dataclass
class Comparison:
    """One nutrient over all people.

    none: complete, and neither has any. agree, differ: complete. Of people with an unknown part: `open` all of them,
    `equal` those whose lowest is the survey's total, `less` those whose lowest is below it, `silent` those for whom
    the survey has no total; `above` those whose lowest is above it, which must not be.
    """

    nutrient: Nutrient
    none: int = 0
    agree: int = 0
    differ: list[Differing] = field(default_factory=list)
    open: int = 0
    equal: int = 0
    less: list[Differing] = field(default_factory=list)
    silent: int = 0
    above: list[Differing] = field(default_factory=list)

    def add(self, someone: Someone, ours: Interval) -> None:
        entry = self.nutrient.entry
        theirs = someone.theirs.get(entry)
        gap = ours.low - float(theirs or 0)
        agrees = abs(gap) <= tolerance(someone, self.nutrient) + _SLACK
        differing = Differing(someone.id, ours.low, theirs, cause(someone, self.nutrient))
        if not isinf(ours.high):
            if not agrees:
                self.differ.append(differing)
            elif theirs is None and not ours.low:
                self.none += 1
            else:
                self.agree += 1
            return
        self.open += 1
        if agrees:
            self.equal += theirs is not None
            self.silent += theirs is None
        elif gap > 0:
            self.above.append(differing)
        else:
            self.less.append(differing)


def tolerance(someone: Someone, nutrient: Nutrient) -> float:
    """How far the survey's roundings may move a total a day: that of each product, for its days, and of the total."""
    found = nutrient.of_total
    for one in someone.taken:
        if one.days is not None and nutrient.entry in one.ours:
            found += nutrient.of_item * one.days / DAYS
    return float(found)


def cause(someone: Someone, nutrient: Nutrient) -> str:
    """The products whose amount on a day is not the survey's."""
    found = []
    for one in someone.taken:
        ours, theirs = one.ours.get(nutrient.entry), one.theirs.get(nutrient.entry)
        if nutrient.entry in one.unlisted:
            found.append(f"the label file lists none, the survey counts {theirs} a day: {one.name}")
        elif ours is not None and theirs is None:
            found.append(f"the label lists {ours.normalize():f} a day, the survey counts none: {one.name}")
        elif ours is not None and theirs is not None and abs(ours - theirs) > nutrient.of_item:
            found.append(f"the label lists {ours.normalize():f} a day, the survey counts {theirs}: {one.name}")
    return "; ".join(found) or "no product of it differs"


# --- how often


@dataclass
class Prevalence:
    """How many people each rule speaks to, and what they weigh in the survey.

    ends: how many people have a finding; none, with everything decided; or none, with something open.
    weights: of the people of a rule that is raised, and of an end.
    """

    people: int = 0
    weight: float = 0.0
    raised: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    weights: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, weight: float, checked: Checked) -> None:
        end = "finding" if checked.raised else "open" if checked.undecided else "decided"
        self.people += 1
        self.weight += weight
        self.raised.update(checked.raised)
        self.undecided.update(checked.undecided)
        self.ends[end] += 1
        for id in (*checked.raised, end):
            self.weights[id] += weight

    def share(self, id: str) -> float:
        """Percent of the population, of a rule or an end."""
        return 100 * self.weights[id] / self.weight


@dataclass
class Survey:
    """Everything that is printed."""

    comparisons: tuple[Comparison, ...] = field(default_factory=lambda: tuple(Comparison(one) for one in NUTRIENTS))
    prevalence: Prevalence = field(default_factory=Prevalence)
    with_item: int = 0
    items: Counter[str] = field(default_factory=Counter)

    def add(self, someone: Someone, checked: Checked) -> None:
        self.prevalence.add(someone.weight, checked)
        self.with_item += bool(someone.taken)
        for one in someone.taken:
            self.items.update(("all", *one.untold, *(("unlisted",) if one.unlisted else ())))
        for comparison in self.comparisons:
            comparison.add(someone, checked.totals[comparison.nutrient.entry])


def survey(people: Iterable[Someone], ruleset: RuleSet) -> Survey:
    """All people, compared and counted."""
    found = Survey()
    for someone, checked in check_all(people, ruleset):
        found.add(someone, checked)
    return found


# --- printing


def lines_of(found: Survey, medicines: Medicines, ruleset: RuleSet) -> Iterator[str]:
    """The whole output but for the time."""
    items, unknown = found.items, medicines.unknown
    yield f"people read {found.prevalence.people:,}, with an item {found.with_item:,}"
    yield (
        f"items {items['all']:,}; not told (refused, don't know, empty): the product {items['label']:,}, "
        f"days {items['days']:,}, quantity {items['quantity']:,}"
    )
    yield f"generic names {len(medicines.read):,}; not in our vocabulary, so in no rule: {len(unknown):,}, told"
    yield f"  {unknown.total():,} times ({', '.join(name.lower() for name, _ in unknown.most_common(5))} ...)"
    yield from _comparison_lines(found)
    yield from _prevalence_lines(found.prevalence, ruleset)


def _comparison_lines(found: Survey) -> Iterator[str]:
    yield ""
    yield "totals a day against the survey's own"
    yield "                     complete answers            an unknown part: ours is 'at least'"
    yield "              agree  differ  neither any    people  = theirs  < theirs  no total  > theirs"
    for one in found.comparisons:
        yield (
            f"  {one.nutrient.name:10}{one.agree:7,}{len(one.differ):8,}{one.none:13,}{one.open:10,}{one.equal:10,}"
            f"{len(one.less):10,}{one.silent:10,}{len(one.above):10,}"
        )
    for one in found.comparisons:
        known = one.agree + one.equal
        total = known + sum(each.theirs is not None for each in (*one.differ, *one.less, *one.above))
        name = one.nutrient.name
        yield f"  {name}: our total, or our lowest, is the survey's for {known:,} of {total:,} who have one"
    yield "Agree: within the survey's roundings, which add up over products: for each product half of"
    yield "  " + ", ".join(f"{2 * one.of_item} {one.unit} {one.name}" for one in NUTRIENTS)
    yield "  on a day it was taken, and for the total half of"
    yield "  " + ", ".join(f"{2 * one.of_total} {one.unit} {one.name}" for one in NUTRIENTS) + "."
    yield "The survey adds up what it knows and leaves out the rest: where a part is unknown, its total"
    yield "  should be our lowest (= theirs)."
    yield f"Of {found.items['unlisted']} items the survey counts a nutrient that the label file does not list (a blend,"
    yield "  or a compound: 750 mg of calcium carbonate are 300 of calcium). Taken, and the amount unknown."
    for one in found.comparisons:
        for title, those in (("differ", one.differ), ("below theirs", one.less), ("ABOVE THEIRS", one.above)):
            for each in those[:_SHOWN]:
                theirs = "none" if each.theirs is None else f"{each.theirs}"
                yield f"  {one.nutrient.name}, {title}: person {each.person}, ours {each.ours:.4g}, theirs {theirs}"
                yield from textwrap.wrap(each.cause, 98, initial_indent="    ", subsequent_indent="      ")
            if len(those) > _SHOWN:
                yield f"  {one.nutrient.name}, {title}: and {len(those) - _SHOWN} more"


def _prevalence_lines(found: Prevalence, ruleset: RuleSet) -> Iterator[str]:
    rules = sorted(ruleset.for_jurisdiction(JURISDICTION), key=lambda rule: rule.gravity)
    spoken = [rule for rule in rules if found.raised[rule.id] or found.undecided[rule.id]]
    yield ""
    yield "findings, gravest first; shares of the population by interview weights"
    width = max((len(rule.id) for rule in spoken), default=0) + 1
    yield f"  {'rule':{width}}{'action':11}{'raised':>6}{'share':>10}{'open':>8}"
    for rule in spoken:
        raised, open_ = found.raised[rule.id], found.undecided[rule.id]
        yield f"  {rule.id:{width}}{rule.action:11}{raised:6,}{found.share(rule.id):8.2f} %{open_:8,}"
    yield f"  {len(rules) - len(spoken)} more rules: not raised for anybody, and decided for everybody"
    yield ""
    for end, words in (
        ("finding", "a finding"),
        ("decided", "no finding, everything decided"),
        ("open", "no finding, NOT decided"),
    ):
        yield f"  {words:69}{found.ends[end]:6,}{found.share(end):8.2f} %"
    yield "Shares are of all people of the three cycles. Confidence intervals, which need the survey's design,"
    yield "are not computed; a share of few people is uncertain."


def main(arguments: list[str]) -> int:
    """The exit status."""
    folder = Path(arguments[0]) if arguments else FOLDER
    start = time.perf_counter()
    ruleset = load()
    medicines = Medicines(Reader(ruleset.vocabulary, ruleset.products))
    try:
        found = survey(people_of(folder, ruleset, medicines), ruleset)
    except FileNotFoundError as error:
        sys.stderr.write(f"{folder} does not hold the survey's files: {error}\n")
        return 2 if arguments else 0  # without them there is nothing to measure
    for line in lines_of(found, medicines, ruleset):
        sys.stdout.write(f"{line}\n")
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{seconds:.0f} s, {found.prevalence.people / seconds:,.0f} people a second\n")
    return int(any(one.differ for one in found.comparisons if one.nutrient == VITAMIN_D))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
