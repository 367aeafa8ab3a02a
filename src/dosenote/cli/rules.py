"""The commands for those who keep the rules."""

from __future__ import annotations

from pathlib import Path

import click

from dosenote.cli.common import CONTEXT, echo, input_text, rules_option, today, width
from dosenote.errors import DosenoteError, RuleError, printable
from dosenote.rule import FOLDERS, JURISDICTIONS

FAILED = 2


@click.group(context_settings=CONTEXT)
def rules() -> None:
    """For those who keep the rules."""


@rules.command("list", context_settings=CONTEXT)
@rules_option
def list_rules(folder: Path | None) -> None:
    """Every rule: its id, what to do, how bad, how sure, and its title."""
    from dosenote.ruleset import load

    for rule in sorted(load(folder).rules, key=lambda rule: rule.gravity):
        where = f" [{rule.jurisdiction}]" if rule.jurisdiction else ""
        gone = " (withdrawn)" if rule.withdrawn else ""
        echo(f"{rule.action:12} {rule.severity:8} {rule.certainty:8} {rule.id}{where}{gone}\n")


@rules.command(context_settings=CONTEXT)
@click.argument("rule_id", metavar="ID")
@rules_option
def show(rule_id: str, folder: Path | None) -> None:
    """One rule, whole: conditions, words, evidence on both sides, examples."""
    from dosenote.render.rule_text import render_rule
    from dosenote.ruleset import load

    ruleset = load(folder)
    echo(render_rule(ruleset.rule(rule_id), ruleset, width()))


@rules.command("facts", context_settings=CONTEXT)
@rules_option
def list_facts(folder: Path | None) -> None:
    """Every fact that a row of a rule may ask about."""
    from dosenote.ruleset import load

    for fact in load(folder).facts.values():
        unit = f" in {fact.unit}" if fact.unit and fact.kind != "list" else ""
        echo(f"{fact.name:34} {fact.kind}{unit}: {fact.label}\n")


@rules.command("lint", context_settings=CONTEXT)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seal", is_flag=True, help="When nothing is wrong, note the digest: sealed rules load faster.")
def lint_rules(folder: Path | None, seal: bool) -> int:
    """Check every file of a rule set: shape, words, sources, limits, and examples that prove each row."""
    from dosenote.lint import count_weakenings, lint
    from dosenote.ruleset import SEAL, rules_folder

    where = folder or rules_folder()
    ruleset, wrong = lint(where, today())
    for mistake in wrong:
        echo(f"{printable(mistake)}\n")
    if wrong:
        click.echo(f"{len(wrong)} {'mistake' if len(wrong) == 1 else 'mistakes'}.", err=True)
        return FAILED
    if seal:
        (where / SEAL).write_text(f"{ruleset.digest}\n", "utf-8")
    ways = sum(count_weakenings(rule) for rule in ruleset.rules)
    echo(f"{len(ruleset.rules)} rules, {len(ruleset.sources)} sources: nothing wrong.\n")
    echo(
        f"Each of {ways:,} ways of spoiling a rule (a row dropped, a word flipped, a number moved) breaks an example.\n"
    )
    return 0


@rules.command("test", context_settings=CONTEXT)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@rules_option
def test_rules(ids: tuple[str, ...], folder: Path | None) -> int:
    """Try the examples of the rules named, or of all."""
    from dosenote.facts import facts_of
    from dosenote.lint import answer, example_regimen
    from dosenote.reader import Reader
    from dosenote.ruleset import Files, assemble, checked_tables, rules_folder

    files = Files.read(folder or rules_folder())  # the files themselves, not what was kept of them
    ruleset, wrong = assemble(files, checked_tables(files))
    if wrong:
        raise RuleError(wrong)
    reader = Reader(ruleset.vocabulary, ruleset.products)
    tried = failed = 0
    for rule in [ruleset.rule(id) for id in ids] or ruleset.rules:
        for example in rule.examples:
            tried += 1
            found = answer(rule, facts_of(example_regimen(example, reader), ruleset.vocabulary))
            if found != example.expect:
                failed += 1
                echo(f"{rule.id}: {example.name}: expected {example.expect}, found {found}\n")
    echo(f"{tried - failed} passed, {failed} failed\n")
    return FAILED if failed else 0


@rules.command("coverage", context_settings=CONTEXT)
@rules_option
def show_coverage(folder: Path | None) -> None:
    """Which documented claims and facts the rules put to use, and which are left out and why (Markdown)."""
    from dosenote.coverage import coverage_page
    from dosenote.ruleset import Files, load, rules_folder

    where = folder or rules_folder()
    echo(coverage_page(load(where), Files.read(where)))


@rules.command("site", context_settings=CONTEXT)
@click.option("-o", "--output", "target", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="The folder to write: new, empty, or an older site, which is replaced.")  # fmt: skip
@rules_option
def write_site(target: Path, folder: Path | None) -> None:
    """Write the rules as web pages for those who read and review them: one a rule, one a source, all linked.

    The pages need no network and no script, and print well. DIR appears, or changes, when all of them are complete.
    """
    from dosenote.ruleset import Files, load, rules_folder
    from dosenote.site.contents import Contents
    from dosenote.site.folder import write_folder
    from dosenote.site.pages import pages

    where = folder or rules_folder()
    count = write_folder(target, pages(Contents.of(load(where), Files.read(where))))
    echo(printable(f"{count} pages: {target / 'index.html'}") + "\n")


@rules.command("diff", context_settings=CONTEXT)
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--over", "path", required=True, metavar="FILE", help="One regimen a line, items parted by ;")
@click.option("--jurisdiction", type=click.Choice(JURISDICTIONS), default="us", show_default=True)
def diff_rules(old: Path, new: Path, path: str, jurisdiction: str) -> None:
    """Which regimens of a file gain, lose or change a finding between two folders of rules."""
    from dosenote.compare import compare
    from dosenote.ruleset import load

    lines = [line for line in input_text(path).splitlines() if line.strip()]
    count, changes = compare(load(old), load(new), lines, jurisdiction)
    for change in changes:
        was, now = change.before or "no such rule", change.after or "no such rule"
        echo(f"{change.number}: {change.kind}: {change.rule}: {was} -> {now}\n")
    touched = len({change.number for change in changes})
    kinds = {kind: sum(change.kind == kind for change in changes) for kind in ("gained", "lost", "changed")}
    echo(f"{count} regimens: {touched} with a change, {count - touched} without. ")
    echo(", ".join(f"{number} {kind}" for kind, number in kinds.items()) + ".\n")


@rules.command("new", context_settings=CONTEXT)
@click.argument("rule_id", metavar="ID")
@click.option("--kind", type=click.Choice(FOLDERS), required=True, help="The folder that the rule belongs to.")
@rules_option
def new_rule(rule_id: str, kind: str, folder: Path | None) -> None:
    """Write the skeleton of a rule, which fails lint until it is true."""
    from dosenote.ruleset import rules_folder

    path = (folder or rules_folder()) / kind / f"{rule_id}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_SKELETON.replace("TODAY", today().isoformat()))
    except FileExistsError:
        raise DosenoteError("there is such a rule already", str(path), "Choose another id.") from None
    echo(f"{path}\n")


#: Every field of a rule. The dots are no text, and the examples prove nothing yet.
_SKELETON = """\
title     = ""
severity  = "..."           # serious | moderate | minor: how bad it could be
action    = "..."           # call-first | ask-soon | mention | good-to-know: what the reader does
certainty = "..."           # high | moderate | low | very-low: how sure the evidence is
certainty_because = ""
topics    = []
reviewed  = TODAY
serves    = []

summary   = ""              # one sentence, under 140 characters, no figures
why       = ""              # what could happen, in plain words
talk      = ""              # whom to talk to, and before what; never a dose
ask       = []              # questions for the visit
mechanism = ""              # or "not known"

[when]                      # every row must hold; "dosenote rules facts" lists what a row may ask about

[[evidence]]
source    = ""              # a file in sources/
locator   = ""              # where in the source
direction = "..."           # for | against | differs
says      = ""              # in our words, with the figures
supports  = []

[[example]]
name      = ""
regimen   = ""              # as a person types it, items parted by ;
expect    = "..."           # raised | not-raised | cannot-tell
"""
