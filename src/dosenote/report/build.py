"""Builds the report of one check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dosenote import __version__
from dosenote.engine import Finding, evaluate
from dosenote.errors import nearest
from dosenote.facts import facts_of
from dosenote.questions import Question, questions_for, unknown_facts
from dosenote.regimen import UNUSUAL, Acknowledgement, Reading, Regimen
from dosenote.report.lines import disagreements_of, line_of, patient_of, person_of
from dosenote.report.model import (
    Acknowledged,
    Advisory,
    Cited,
    Counts,
    Coverage,
    NotRecognised,
    Report,
    Rules,
    Tool,
    Traced,
    Undecided,
    UnusedAcknowledgement,
)
from dosenote.report.rows import because, changes_at, exception, implicated, missing_words
from dosenote.report.totals import totals
from dosenote.report.words import Checked, fill
from dosenote.rule import ACTIONS, Evidence, Rule
from dosenote.ruleset import RuleSet


def build_report(regimen: Regimen, ruleset: RuleSet, jurisdiction: str, explain: bool = False) -> Report:
    """Check one regimen against the rules of one jurisdiction.

    explain: with the trace of every rule. Raises DosenoteError where the person contradicts themselves.
    """
    facts = facts_of(regimen, ruleset.vocabulary)
    checked = Checked(regimen, facts, dict(ruleset.facts), ruleset.vocabulary)
    rules = ruleset.for_jurisdiction(jurisdiction)
    findings = sorted(evaluate(rules, facts), key=lambda finding: finding.rule.gravity)
    raised = [finding for finding in findings if finding.outcome.is_true]
    covered = {id for finding in raised for id in finding.rule.supersedes}
    shown = [finding for finding in raised if finding.rule.id not in covered]
    undecided = [finding for finding in findings if finding.outcome.is_unknown]
    known = _acknowledged(regimen)
    advisories = tuple(_known(_advisory(finding, checked, ruleset), known) for finding in shown)
    questions = questions_for(findings, facts, regimen, ruleset)
    not_recognised = tuple(_not_recognised(regimen))
    return Report(
        schema="dosenote.report/1",
        tool=Tool("dosenote", __version__),
        rules=Rules(ruleset.version, ruleset.digest),
        jurisdiction=jurisdiction,
        as_of=regimen.as_of.isoformat() if regimen.as_of else None,
        regimen=tuple(line_of(reading, checked) for reading in regimen.readings),
        person=person_of(checked),
        totals=tuple(totals(checked, ruleset, jurisdiction)),
        advisories=advisories,
        undecided=tuple(_undecided(finding, checked) for finding in undecided),
        questions=questions,
        not_recognised=not_recognised,
        counts=Counts(
            raised=len(shown),
            superseded=len(raised) - len(shown),
            not_raised=len(findings) - len(raised) - len(undecided),
            undecided=len(undecided),
            not_applicable=len(ruleset.rules) - len(rules),
        ),
        coverage=_coverage(regimen, rules, ruleset),
        next_step=_next_step(advisories, undecided, questions, regimen),
        nothing_raised="" if raised else _nothing_raised(regimen, ruleset),
        disclaimer=ruleset.disclaimer,
        trace=tuple(_traced(finding, checked) for finding in findings) if explain else None,
        unused_acknowledgements=tuple(_unused(regimen, advisories, ruleset)),
        patient=patient_of(regimen.whole_person),
        disagreements=tuple(disagreements_of(checked)),
    )


# --- what the person knows of


def _acknowledged(regimen: Regimen) -> dict[str, Acknowledgement]:
    """What still holds on the day of the check, by the id of the rule; of two for one rule, the last in the file."""
    last = {one.rule: one for one in regimen.acknowledged}
    return {rule: one for rule, one in last.items() if one.holds_on(regimen.as_of)}


def _known(advisory: Advisory, known: Mapping[str, Acknowledgement]) -> Advisory:
    """A finding with what the person said to it, unless something else was meant: another dose, another medicine."""
    one = known.get(advisory.rule)
    if one is None or not _is_for(one, advisory):
        return advisory
    return advisory._replace(acknowledged=Acknowledged(one.reason, one.until.isoformat(), one.given_for is None))


def _is_for(one: Acknowledgement, advisory: Advisory) -> bool:
    return one.given_for is None or set(one.given_for) == set(advisory.about)


def _unused(regimen: Regimen, advisories: tuple[Advisory, ...], ruleset: RuleSet) -> Iterable[UnusedAcknowledgement]:
    rules = {rule.id for rule in ruleset.rules}
    shown = {advisory.rule: advisory for advisory in advisories}
    for one in {one.rule: one for one in regimen.acknowledged}.values():  # the last word on each
        if one.rule not in rules:
            yield UnusedAcknowledgement(one.rule, f"there is no such rule.{nearest(one.rule, rules)}")
        elif regimen.as_of is not None and one.until < regimen.as_of:
            yield UnusedAcknowledgement(one.rule, f"it held until {one.until.isoformat()}")
        elif not one.holds_on(regimen.as_of):
            yield UnusedAcknowledgement(one.rule, f"it ends more than a year ahead, on {one.until.isoformat()}")
        elif one.rule not in shown:
            yield UnusedAcknowledgement(one.rule, "it is not among the findings")
        elif not _is_for(one, shown[one.rule]):
            was = "; ".join(one.given_for or ())
            yield UnusedAcknowledgement(one.rule, f"it was given for something else ({was}), so look at it again")
        elif not shown[one.rule].is_folded:
            yield UnusedAcknowledgement(one.rule, "a finding to call about is always shown in full")


# --- findings


def _advisory(finding: Finding, checked: Checked, ruleset: RuleSet) -> Advisory:
    rule = finding.rule
    unknown = [row for row, truth in zip(rule.unless, finding.unless, strict=True) if truth.is_unknown]
    return Advisory(
        rule=rule.id,
        title=rule.title,
        summary=fill(rule.summary, rule, checked),
        severity=rule.severity,
        action=rule.action,
        certainty=rule.certainty,
        certainty_because=rule.certainty_because,
        topics=rule.topics,
        why=fill(rule.why, rule, checked),
        talk=fill(rule.talk, rule, checked),
        ask=tuple(fill(question, rule, checked) for question in rule.ask),
        mechanism=rule.mechanism,
        because=tuple(because(row, rule, checked) for row in rule.when),
        unless=tuple(exception(row, rule, checked) for row in unknown),
        changes_at=tuple(changes_at(rule, checked)),
        evidence=tuple(_cited(evidence, ruleset) for evidence in rule.evidence),
        reviewed=rule.reviewed.isoformat(),
        kind=rule.folder,
        implicated=tuple(implicated(rule, checked)),
    )


def _cited(evidence: Evidence, ruleset: RuleSet) -> Cited:
    source = ruleset.sources[evidence.source]
    return Cited(
        source=source.id,
        title=source.title,
        by=source.by,
        year=source.year,
        link=source.link,
        locator=evidence.locator,
        direction=evidence.direction,
        says=evidence.says,
        problem=source.problem,
    )


def _undecided(finding: Finding, checked: Checked) -> Undecided:
    rule = finding.rule
    missing = unknown_facts(rule, checked.facts)
    return Undecided(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        action=rule.action,
        missing=missing,
        missing_words=tuple(dict.fromkeys(missing_words(name, checked) for name in missing)),
    )


def _not_recognised(regimen: Regimen) -> Iterable[NotRecognised]:
    for number, reading in enumerate(regimen.readings, 1):
        for piece, reason in reading.not_recognised:
            yield NotRecognised(piece, reason, reading.suggestions, number)


def _nothing_raised(regimen: Regimen, ruleset: RuleSet) -> str:
    """That no rule was raised; behind what may be why: an amount that was refused, or is unusual."""
    many = sum(reading.outcome == "refuse" or UNUSUAL in reading.reason for reading in regimen.readings)
    if not many:
        return ruleset.nothing_raised
    lines = (
        "1 line was refused or has an unusual amount: look at it"
        if many == 1
        else (f"{many} lines were refused or have an unusual amount: look at them")
    )
    return f"{lines} first. {ruleset.nothing_raised}"


def _coverage(regimen: Regimen, rules: Sequence[Rule], ruleset: RuleSet) -> Coverage:
    taken = [reading for reading in regimen.readings if reading.items or reading.hides_something]
    recognised = sum(not reading.hides_something for reading in taken)
    items = "item" if len(taken) == 1 else "items"
    ignored = tuple(_no_rule_for(regimen, rules, ruleset))
    nothing = f"No rule looks at: {', '.join(ignored)}. " if ignored else ""
    return Coverage(
        items=len(taken),
        recognised=recognised,
        rules=len(rules),
        not_covered=ruleset.not_covered,
        words=(
            f"Checked {recognised} of {len(taken)} {items} against {len(rules)} rules. "
            f"{nothing}Not covered: {', '.join(ruleset.not_covered)}."
        ),
        no_rule_for=ignored,
    )


def _no_rule_for(regimen: Regimen, rules: Iterable[Rule], ruleset: RuleSet) -> Iterable[str]:
    """Labels of what is recognised, taken, measured, had or eaten, and which no rule asks for by its name or class.

    A rule about a class that was named by itself ("blood thinner") asks for none of its members, and one that is
    silent where something is there has nothing to say about it.
    """
    rules = tuple(rules)
    asked = {ruleset.facts[name].entry for rule in rules for name in rule.atoms() if ":" not in name}
    tests = [test for rule in rules for row in rule.when for test in row.comparisons]
    asked.update(id for test in tests if test.word in ("include_any", "include_also") for id in test.ids)
    unnamed = {id for test in tests if test.word == "include_unnamed" for id in test.ids}
    taken = [item.substance for _, item in regimen.items() if item.is_taken]
    had = [id for reading in regimen.readings for id in (*reading.conditions, *reading.foods)]
    for id in dict.fromkeys((*taken, *(lab.id for lab in regimen.all_labs), *had)):
        if id not in unnamed and not asked & (ruleset.vocabulary.surely(id) | ruleset.vocabulary.perhaps(id)):
            yield ruleset.vocabulary[id].label


_STEPS = {
    "call-first": "call before you start, stop or change anything. If you already take it, call today",
    "ask-soon": "ask a doctor or pharmacist in the next days",
    "mention": "mention it at your next visit",
}
#: So many lines are named in the closing line.
_NAMED = 3
#: To call about what is over, or about a blood value: there is nothing that is taken, or about to be.
_CALL_TODAY = "call today, before you start, stop or change anything else"


def _next_step(
    advisories: tuple[Advisory, ...], undecided: list[Finding], questions: tuple[Question, ...], regimen: Regimen
) -> str:
    """The one closing line: what to call about, else what was refused, as it may be anything; then what is open.

    A question goes before a finding where it could turn out graver.
    """
    open_ones = (advisory for advisory in advisories if not advisory.is_folded)
    found = next((advisory for advisory in open_ones if advisory.action in _STEPS), None)
    step = f"{found.title}: {_step(found)}." if found else ""
    worst = min((ACTIONS.index(finding.rule.action) for finding in undecided), default=len(ACTIONS))
    asked = ""
    if questions and worst < (ACTIONS.index(found.action) if found else len(ACTIONS)):
        which = "Of the answers that could change the result, the first to find:"
        which = "One answer could change the result:" if len(questions) == 1 else which
        asked = f"{which} {questions[0].text}"
    refused = _refused_words([reading for reading in regimen.readings if reading.outcome == "refuse"])
    is_urgent = found is not None and found.action == "call-first"
    steps = (step, refused) if is_urgent else (refused, asked, step)
    return " ".join(filter(None, steps)) or "Show these notes to a pharmacist or doctor at your next visit."


def _step(advisory: Advisory) -> str:
    facts = [row.fact for row in advisory.because]
    is_over = any(fact.endswith(".stopped") for fact in facts)
    is_measured = all(fact.startswith("lab.") or fact == "age" for fact in facts)
    return _CALL_TODAY if advisory.action == "call-first" and (is_over or is_measured) else _STEPS[advisory.action]


def _refused_words(refused: list[Reading]) -> str:
    texts = [f'"{reading.text.strip()}"' for reading in refused]
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    why = f" ({refused[0].reason})" if len(refused) == 1 and refused[0].reason else ""
    lines = "this line, which was" if len(texts) == 1 else "these lines, which were"
    words = f"Look again at {lines} refused: {', '.join(texts[:_NAMED])}{more}{why}."
    return words if texts else ""


def _traced(finding: Finding, checked: Checked) -> Traced:
    rule = finding.rule
    return Traced(
        rule=rule.id,
        title=rule.title,
        outcome=finding.answer,
        when=tuple(because(row, rule, checked) for row in rule.when),
        unless=tuple(because(row, rule, checked) for row in rule.unless),
    )
