"""Every page of the site as text: jinja2 templates, everything from the rule files escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from dosenote import __version__
from dosenote.coverage import coverage_words
from dosenote.render.outline import ACTION_WORDS, DIRECTION_WORDS, day
from dosenote.render.rule_words import (
    ACTION_MEANS,
    CERTAINTY_WORDS,
    EXPECT_WORDS,
    SEVERITY_MEANS,
    class_members,
    condition_words,
    intake_words,
    limit_words,
    limited_fact,
    member_labels,
    none_against_words,
    pieces,
    row_words,
    states_words,
    who_and_when,
)
from dosenote.render.web import environment
from dosenote.site.contents import Contents, web_address

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "style.css"


def pages(contents: Contents) -> Iterator[tuple[str, str]]:
    """Path in the site → text of the file; the same rules give the same texts."""
    templates = _environment(contents)
    yield STYLE, (resources("dosenote.site") / "templates" / STYLE).read_text("utf-8")
    for name in ("index", "topics", "intakes", "sources", "coverage"):
        yield f"{name}.html", templates.get_template(f"{name}.html").render(up="", here=name)
    page = templates.get_template("rule.html")
    for rule in contents.rules:
        yield f"rules/{rule.id}.html", page.render(up="../", here="rules", rule=rule)
    page = templates.get_template("source.html")
    for source in contents.sources:
        yield f"sources/{source.id}.html", page.render(up="../", here="sources", source=source)


def _environment(contents: Contents) -> Environment:
    templates = environment("dosenote.site")
    ruleset = contents.ruleset
    functions: dict[str, Callable[..., Any]] = {
        "class_members": lambda rule: class_members(rule, ruleset),
        "condition_words": lambda row: condition_words(row, ruleset),
        "coverage_words": lambda: coverage_words(ruleset, contents.files),
        "day": lambda when: day(str(when)),
        "intake_words": lambda amount, intake: intake_words(amount, intake, ruleset),
        "limit_words": lambda limit, rule: limit_words(limit, rule, ruleset),
        "member_labels": lambda id: member_labels(id, ruleset),
        "limited_fact": lambda rule: limited_fact(rule, ruleset),
        "none_against_words": none_against_words,
        "pieces": lambda text, rule: pieces(text, rule, ruleset),
        "row_words": row_words,
        "states_words": states_words,
        "supported": lambda name: _supported(name, contents),
        "web_address": web_address,
        "who_and_when": who_and_when,
    }
    templates.globals.update(functions)
    templates.globals.update(
        contents=contents,
        ruleset=ruleset,
        version=__version__,
        ACTION_WORDS=ACTION_WORDS,
        ACTION_MEANS=ACTION_MEANS,
        SEVERITY_MEANS=SEVERITY_MEANS,
        CERTAINTY_WORDS=CERTAINTY_WORDS,
        DIRECTION_WORDS=DIRECTION_WORDS,
        EXPECT_WORDS=EXPECT_WORDS,
        KIND_MEANS=KIND_MEANS,
    )
    return templates


#: What the rules of each folder are about.
KIND_MEANS = {
    "dose": "how much a day, or at one time",
    "interaction": "with a medicine, or with another supplement or a food",
    "pairing": "vitamin D and vitamin K2 with or without each other",
    "condition": "with an illness, in pregnancy, or with a lab value",
    "timing": "at one time or spread out, with a meal or without",
    "form": "which form of a substance, and in which unit",
}


def _supported(name: str, contents: Contents) -> str:
    """What a piece of evidence carries, in words: a row of the rule, its limit table, or one of its texts."""
    if name == "limit":
        return "the limit table"
    fact = contents.ruleset.facts.get(name)
    if fact is None:
        return f'the words of "{name}"'
    about = contents.ruleset.vocabulary[fact.entry].label if fact.entry and fact.kind == "yes-no" else fact.label
    return f"the condition on {about}"
