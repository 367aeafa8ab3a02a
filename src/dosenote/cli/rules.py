"""The commands for those who keep the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from dosenote.cli.common import CONTEXT, echo, input_text, jurisdiction_option, rules_option, today, width
from dosenote.cli.completing import complete_file, complete_rule
from dosenote.cli.help import Group
from dosenote.errors import DosenoteError, RuleError, printable
from dosenote.rulefiles import FOLDERS, SEAL, Files, rules_folder

FAILED = 2
NOT_VERIFIED = 1


@click.group(
    cls=Group,
    context_settings=CONTEXT,
    short_help="For those who read, write and keep the rules.",
    examples=("dosenote rules list", "dosenote rules show mk-7-with-vitamin-k-antagonist", "dosenote rules lint"),
)
def rules() -> None:
    """For those who read, write and keep the rules: one TOML file a rule, which needs no Python."""


@rules.command(
    "list",
    context_settings=CONTEXT,
    short_help="Every rule, gravest first.",
    examples=(
        "dosenote rules list",
        "dosenote rules list | grep call-first",
    ),
)
@rules_option
def list_rules(folder: Path | None) -> None:
    """Every rule: its id, what to do, how bad, how sure, and its title."""
    from dosenote.ruleset import load

    for rule in sorted(load(folder).rules, key=lambda rule: rule.gravity):
        where = f" [{rule.jurisdiction}]" if rule.jurisdiction else ""
        gone = " (withdrawn)" if rule.withdrawn else ""
        echo(f"{rule.action:12} {rule.severity:8} {rule.certainty:8} {rule.id}{where}{gone}\n")


@rules.command(
    context_settings=CONTEXT,
    short_help="One rule, whole, with its sources.",
    examples=("dosenote rules show mk-7-with-vitamin-k-antagonist",),
)
@click.argument("rule_id", metavar="ID", shell_complete=complete_rule)
@rules_option
def show(rule_id: str, folder: Path | None) -> None:
    """One rule, whole: conditions, words, evidence on both sides, examples."""
    from dosenote.render.rule_text import render_rule
    from dosenote.ruleset import load

    ruleset = load(folder)
    echo(render_rule(ruleset.rule(rule_id), ruleset, width()))


@rules.command(
    "facts",
    context_settings=CONTEXT,
    short_help="What a rule may ask about.",
    examples=("dosenote rules facts | grep vitamin_k2",),
)
@rules_option
def list_facts(folder: Path | None) -> None:
    """Every fact that a row of a rule may ask about."""
    from dosenote.ruleset import load

    for fact in load(folder).facts.values():
        unit = f" in {fact.unit}" if fact.unit and fact.kind != "list" else ""
        echo(f"{fact.name:34} {fact.kind}{unit}: {fact.label}\n")


@rules.command(
    "lint",
    context_settings=CONTEXT,
    short_help="Check every file, and that the examples prove each rule.",
    examples=(
        "dosenote rules lint",
        "dosenote rules lint my-rules --seal",
    ),
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seal", is_flag=True, help="When nothing is wrong, note the digests in SEAL.")
def lint_rules(folder: Path | None, seal: bool) -> int:
    """Check every file of a rule set: shape, words, sources, limits, and examples that prove each row."""
    from dosenote.lint import count_weakenings, lint

    where = folder or rules_folder()
    ruleset, wrong = lint(where, today())
    for mistake in wrong:
        echo(f"{printable(mistake)}\n")
    if wrong:
        click.echo(f"{len(wrong)} {'mistake' if len(wrong) == 1 else 'mistakes'}.", err=True)
        return FAILED
    if seal:
        (where / SEAL).write_text(Files.read(where).sealed(), "utf-8")
    ways = sum(count_weakenings(rule) for rule in ruleset.rules)
    echo(f"{len(ruleset.rules)} rules, {len(ruleset.sources)} sources: nothing wrong.\n")
    echo(
        f"Each of {ways:,} ways of spoiling a rule (a row dropped, a word flipped, a number moved) breaks an example.\n"
    )
    return 0


@rules.command(
    "verify",
    context_settings=CONTEXT,
    short_help="Whether the rule files are those that were sealed.",
    examples=("dosenote rules verify",),
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--digest", metavar="HEX", help="Compare with this one (64 hexadecimal figures), told from elsewhere.")
def verify_rules(folder: Path | None, digest: str | None) -> int:
    """Compare the rule files with what was sealed when they were last linted.

    It reads the files themselves, and compares the copy that is kept to load
    them faster. The digest is a SHA-256 over the names and the bytes of all
    rule files; "dosenote --version" prints it, and reports whole or in part.

    The seal lies beside the files. So this finds damage, and changes that were
    not sealed. It does not find somebody who changed both. For that, give
    --digest with a digest from elsewhere: a colleague's computer, the release
    notes. It says nothing of the program itself.

    Exit status: 0 all agree; 1 something differs, or there is nothing to compare
    with; 2 an error.
    """
    from dosenote.ruleset import disagreeing_copy

    said = None if digest is None else digest.strip().lower()
    if said is not None and not re.fullmatch("[0-9a-f]{64}", said):
        raise click.UsageError("--digest: a digest is 64 hexadecimal figures, as dosenote --version prints it.")
    where = folder or rules_folder()
    files = Files.read(where)
    seal = files.seal().decode("utf-8", "replace")
    wrong = [*_differences(files)]
    if seal and seal != files.digest:
        wrong.append(f"These files are not what was sealed: the seal says {seal}.")
    if said is not None and said != files.digest:
        wrong.append("These files are not those of the digest that you gave.")
    if not seal and said is None:
        wrong.append("There is no seal, and so nothing to compare with. Give --digest.")
    copy = disagreeing_copy(where)
    if copy is not None:
        wrong.append(f"{copy}: this copy does not hold what the files hold, and would be used. Delete it.")
    for each in wrong:
        echo(printable(each) + "\n")
    right = [*(["as they were sealed"] if seal == files.digest else []), *(["as you gave"] if said else [])]
    echo(f"{len(files.names)} files, sha256 {files.digest}{'' if wrong else ': ' + ' and '.join(right)}\n")
    return NOT_VERIFIED if wrong else 0


def _differences(files: Files) -> Iterator[str]:
    """One line for each file that is not what was sealed."""
    unsealed = files.unsealed()
    if unsealed is not None:
        yield from (f"{name}: changed since it was sealed" for name in unsealed.changed)
        yield from (f"{name}: not there when the others were sealed" for name in unsealed.added)
        yield from (f"{name}: sealed, and missing" for name in unsealed.missing)


@rules.command(
    "test",
    context_settings=CONTEXT,
    short_help="Try the examples of the rules.",
    examples=("dosenote rules test mk-7-with-vitamin-k-antagonist --rules my-rules",),
)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_rule)
@rules_option
def test_rules(ids: tuple[str, ...], folder: Path | None) -> int:
    """Try the examples of the rules named, or of all."""
    from dosenote.facts import facts_of
    from dosenote.lint import answer, example_regimen
    from dosenote.reader import Reader
    from dosenote.ruleset import assemble, checked_tables

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


@rules.command(
    "coverage",
    context_settings=CONTEXT,
    short_help="Which documented claims are used, and which are not.",
    examples=("dosenote rules coverage > COVERAGE.md",),
)
@rules_option
def show_coverage(folder: Path | None) -> None:
    """Which documented claims and facts the rules put to use, and which are left out and why (Markdown)."""
    from dosenote.coverage import coverage_page
    from dosenote.ruleset import load

    where = folder or rules_folder()
    echo(coverage_page(load(where), Files.read(where)))


@rules.command(
    "site",
    context_settings=CONTEXT,
    short_help="Write the rules as web pages, to read and review.",
    examples=("dosenote rules site -o site",),
)
@click.option("-o", "--output", "target", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="The folder to write: new, empty, or an older site, which is replaced.")  # fmt: skip
@rules_option
def write_site(target: Path, folder: Path | None) -> None:
    """Write the rules as web pages for those who read and review them: one a rule, one a source, all linked.

    The pages need no network and no script, and print well. DIR appears, or changes, when all of them are complete.
    """
    from dosenote.ruleset import load
    from dosenote.site.contents import Contents
    from dosenote.site.folder import write_folder
    from dosenote.site.pages import pages

    where = folder or rules_folder()
    count = write_folder(target, pages(Contents.of(load(where), Files.read(where))))
    echo(printable(f"{count} pages: {target / 'index.html'}") + "\n")


@rules.command(
    "diff",
    context_settings=CONTEXT,
    short_help="Whom a change of the rules touches.",
    examples=("dosenote rules diff old-rules my-rules --over people.txt",),
)
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--over", "path", required=True, metavar="FILE", shell_complete=complete_file,
              help="One regimen a line, items parted by ;")  # fmt: skip
@jurisdiction_option
def diff_rules(old: Path, new: Path, path: str, jurisdiction: str) -> None:
    """Which regimens of a file gain, lose or change a finding between two folders of rules."""
    from dosenote.compare import compare
    from dosenote.ruleset import load

    count, changes = compare(load(old), load(new), input_text(path).splitlines(), jurisdiction)
    for change in changes:
        was, now = change.before or "no such rule", change.after or "no such rule"
        echo(f"{change.number}: {change.kind}: {change.rule}: {was} -> {now}\n")
    touched = len({change.number for change in changes})
    kinds = {kind: sum(change.kind == kind for change in changes) for kind in ("gained", "lost", "changed")}
    echo(f"{count} regimens: {touched} with a change, {count - touched} without. ")
    echo(", ".join(f"{number} {kind}" for kind, number in kinds.items()) + ".\n")


@rules.command(
    "new",
    context_settings=CONTEXT,
    short_help="Write the skeleton of a rule.",
    examples=("dosenote rules new calcium-with-something --kind interaction --rules my-rules",),
)
@click.argument("rule_id", metavar="ID")
@click.option("--kind", type=click.Choice(FOLDERS), required=True, help="The folder that the rule belongs to.")
@rules_option
def new_rule(rule_id: str, kind: str, folder: Path | None) -> None:
    """Write the skeleton of a rule, which fails lint until it is true."""
    if not re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", rule_id):
        raise click.UsageError("An id is words in small letters with hyphens: calcium-with-something")
    path = (folder or rules_folder()) / kind / f"{rule_id}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_SKELETON.replace("TODAY", today().isoformat()))
    except FileExistsError:
        raise DosenoteError("there is such a rule already", str(path), "Choose another id.") from None
    echo(printable(str(path)) + "\n")


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
