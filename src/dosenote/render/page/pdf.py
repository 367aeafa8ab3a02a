"""The page as a PDF, tagged for screen readers; the same page gives the same bytes under SOURCE_DATE_EPOCH."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from dosenote.errors import DosenoteError


def render(html: str, paper: str) -> bytes:
    """A PDF of the page's HTML. paper: "A4" or "letter".

    Raises DosenoteError where weasyprint, or a library of the system that it needs, is not installed.
    """
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError) as error:
        raise DosenoteError(
            f"a PDF needs weasyprint, which cannot be used here ({error})",
            hint="pip install 'dosenote[pdf]', or print the page from a browser.",
        ) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it remarks on rules that are for screens
    size = CSS(string=f"@page {{ size: {paper} }}")
    document = HTML(string=html, url_fetcher=_nothing)
    return bytes(document.write_pdf(stylesheets=[size], pdf_variant="pdf/ua-1"))


def _nothing(url: str, **_: Any) -> NoReturn:
    raise ValueError(f"a page needs nothing from elsewhere: {url}")
