"""The page as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dosenote.render.outline import DIRECTION_WORDS
from dosenote.render.page.fit import MORE_GAPS, clinician_sources, first_questions, first_sources, fit
from dosenote.render.page.fit import WIDTH as SHEET_WIDTH
from dosenote.render.page.gauge import WIDTH, draw
from dosenote.render.page.model import Page, moment_words
from dosenote.render.web import environment

if TYPE_CHECKING:
    from jinja2 import Template


def render(page: Page, paper: str = "") -> str:
    """The page as HTML; what was typed is escaped, and its control characters are made visible.

    paper: "A4" where it is printed on no other.
    """
    return _template().render(page=page, fit=fit(page, paper), width=WIDTH) + "\n"


@cache
def _template() -> Template:
    """Made once: it takes longer to read than many pages to print."""
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
