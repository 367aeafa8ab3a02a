"""The page as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dosenote.render.outline import DIRECTION_WORDS
from dosenote.render.page.fit import MORE_GAPS, clinician_sources, first_questions, first_sources, fit
from dosenote.render.page.fit import WIDTH as SHEET_WIDTH
from dosenote.render.page.gauge import WIDTH, draw
from dosenote.render.page.model import Page, moment_words
from dosenote.render.web import environment

if TYPE_CHECKING:
    from jinja2 import Template


class Printer:
    """Keeps the template, which takes longer to read than a page to print."""

    def __init__(self) -> None:
        self.template = _template()

    def html(self, page: Page, paper: str = "") -> str:
        """The whole file; what was typed is escaped, and its control characters are made visible.

        paper: "A4" where it is printed on no other.
        """
        text = self.template.render(
            page=page,
            fit=fit(page, paper),
            width=WIDTH,
        )
        return text + "\n"


def render(page: Page, paper: str = "") -> str:
    """The page as HTML. paper: "A4" where it is printed on no other."""
    return Printer().html(page, paper)


def _template() -> Template:
    templates = environment("dosenote.render.page")
    templates.globals.update(
        draw=draw,
        directions=DIRECTION_WORDS,
        clinician_sources=clinician_sources,
        more_gaps_words=MORE_GAPS,
        first_questions=first_questions,
        first_sources=first_sources,
    )
    templates.filters.update(moments=moment_words, share=lambda width: f"{100 * width / SHEET_WIDTH:.1f}%")
    return templates.get_template("page.html")
