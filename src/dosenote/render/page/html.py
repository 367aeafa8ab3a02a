"""The page as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dosenote.errors import printable
from dosenote.render.outline import DIRECTION_WORDS
from dosenote.render.page.fit import clinician_sources, first_questions, first_sources, fit
from dosenote.render.page.gauge import WIDTH, draw
from dosenote.render.page.model import Page, moment_words

if TYPE_CHECKING:
    from jinja2 import Template


class Printer:
    """Keeps the template, which takes longer to read than a page to print."""

    def __init__(self) -> None:
        self.template = _template()

    def html(self, page: Page) -> str:
        """The whole file; what was typed is escaped, and its control characters are made visible."""
        return self.template.render(
            page=page,
            fit=fit(page),
            width=WIDTH,
        )


def render(page: Page) -> str:
    """The page as HTML."""
    return Printer().html(page)


def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dosenote.render.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_visible,
    )
    environment.globals.update(
        draw=draw,
        directions=DIRECTION_WORDS,
        clinician_sources=clinician_sources,
        first_questions=first_questions,
        first_sources=first_sources,
    )
    environment.filters.update(moments=moment_words)
    return environment.get_template("page.html")


def _visible(value: Any) -> Any:
    """Text without control characters; what a macro made is text that was looked at already."""
    return printable(value) if type(value) is str else value
