"""Templates of web pages: everything put into them is escaped, and its control characters are made visible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dosenote.errors import printable

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(package: str) -> Environment:
    """The templates of a package's folder `templates`; a name that is not there is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )


def _visible(value: Any) -> Any:
    """Text without control characters; what a macro made is text that was looked at already."""
    return printable(value) if type(value) is str else value
