"""The manual page, made from the commands themselves; what no command says stands here.

click-man was tried: it writes a page for each command, without the examples, and dated today.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import click

from dosenote import __version__
from dosenote.cli import main

#: What stands behind the commands: a section, and what is said of each thing in it.
SECTIONS = {
    "EXIT STATUS": {
        "0": "nothing was raised at or above --fail-on, and everything was decided and recognised. "
        "It does not mean that the mix is safe for you.",
        "1": "something was raised.",
        "2": "an error: of usage, of a file, of the rules, or of the program.",
        "3": "nothing was raised, but something could not be told or was not recognised.",
        "4": "dosenote batch: rows were rejected, and nothing was raised or left open.",
        "130": "interrupted.",
    },
    "ENVIRONMENT": {
        "COLUMNS": "how wide the output is, where it goes to no terminal.",
        "NO_COLOR": "no bold headings, whatever it is set to.",
        "DOSENOTE_DATA": "the folder for what dosenote keeps: an unfinished entry at the prompt, and imported products.",
        "_DOSENOTE_COMPLETE": "prints what a shell needs for completion: bash_source, zsh_source or fish_source.",
    },
    "FILES": {
        "~/.local/share/dosenote/entered.toml": "an unfinished entry at the prompt, for its owner only; deleted when it "
        "is done. --no-save keeps nothing.",
        "~/.local/share/dosenote/entered.unreadable.toml": "such an entry that could not be read, and with 2, 3 behind "
        "unreadable for the next ones; for its owner only, and never deleted by dosenote.",
        "~/.local/share/dosenote/products.sqlite": "products that were imported.",
    },
    "NOTES": {
        "What it is for": "facts to talk over with a doctor or pharmacist, not advice. It does not diagnose, and it "
        "names no amount for you.",
        "Privacy": "it runs on this computer only, and sends nothing anywhere.",
    },
}


def manual() -> str:
    """dosenote.1, in the language of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    context = _context(main, "dosenote", None)
    first, *rest = _paragraphs(main.help)
    yield '.\\" Made from the commands: DOSENOTE_GOLDEN=write python -m pytest tests/test_manpage.py'
    yield f'.TH DOSENOTE 1 "" "dosenote {__version__}" "User Commands"'
    yield ".SH NAME"
    yield f"dosenote \\- {_text(first[0].lower() + first[1:].removesuffix('.'))}"
    yield ".SH SYNOPSIS"
    yield from _usage(context)
    yield ".SH DESCRIPTION"
    yield from _spaced(rest)
    yield ".SH OPTIONS"
    yield from _options(context)
    yield ".SH EXAMPLES"
    yield from _examples(main.examples)
    yield ".SH COMMANDS"
    yield from _commands(context)
    for name, things in SECTIONS.items():
        yield f".SH {name}"
        for thing, said in things.items():
            yield from _tagged(thing, said)


def _commands(context: click.Context) -> Iterator[str]:
    group: Any = context.command
    for name in group.list_commands(context):
        inner = _context(group.get_command(context, name), name, context)
        command: Any = inner.command
        yield f".SS {_text(inner.command_path)}"
        yield from _usage(inner)
        yield ".PP"
        yield from _spaced(_paragraphs(command.help))
        yield from _options(inner)
        yield ".PP"
        yield "Examples:"
        yield ".PP"
        yield from _examples(command.examples)
        if isinstance(command, click.Group):
            yield from _commands(inner)


def _context(command: Any, name: str, parent: click.Context | None) -> click.Context:
    made: click.Context = command.context_class(command, info_name=name, parent=parent, **command.context_settings)
    return made


def _usage(context: click.Context) -> Iterator[str]:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    yield f"\\fB{_text(context.command_path)}\\fR {_text(pieces)}"


def _paragraphs(text: str | None) -> list[str]:
    return [" ".join(part.split()) for part in inspect.cleandoc(text or "").split("\n\n")]


def _spaced(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield _text(paragraph)


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record is not None:
            yield from _tagged(*record)


def _tagged(name: str, said: str) -> Iterator[str]:
    yield ".TP"
    yield f"\\fB{_text(name)}\\fR"
    if said:
        yield _text(" ".join(said.split()))


def _examples(examples: Iterable[str]) -> Iterator[str]:
    yield ".RS 4"
    yield ".EX"
    yield from map(_text, examples)
    yield ".EE"
    yield ".RE"


def _text(text: str) -> str:
    """As it prints: a hyphen that can be pasted into a shell, and nothing that is a command of roff."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    plain = plain.replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{plain}" if plain.startswith(".") else plain
