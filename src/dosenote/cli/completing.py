"""What a shell completes: files, formats, and the ids of rules and products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dosenote.errors import DosenoteError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def starting(words: Iterable[str], typed: str) -> list[CompletionItem]:
    """Those of the words that begin with what was typed, in order."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word) for word in sorted(words) if word.startswith(typed)]


def complete_file(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The shell completes the name of a file by itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


def complete_rule(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of the rules in the folder of --rules, or of ours; none where it holds no rules."""
    from dosenote.rulefiles import FOLDERS, Files, rules_folder

    try:
        names = Files.read(context.params.get("folder") or rules_folder()).names
    except DosenoteError:
        return []
    paths = (name.removesuffix(".toml").partition("/") for name in names)
    return starting((id for folder, _, id in paths if folder in FOLDERS), typed)


def complete_product(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of the products that come with the rules; none where the rules cannot be loaded."""
    from dosenote.ruleset import load

    try:
        products = load(context.params.get("folder")).products
    except DosenoteError:
        return []
    return starting((product.id for product in products), typed)
