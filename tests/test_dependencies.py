"""What we depend on is known by name and licence; something new is looked at by a person before it comes in."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT
from dependencies import EXTRAS, PROJECT, REQUIRED, closure, licence_of

MIT, BSD = "MIT", "BSD-3-Clause"
_MIT, _BSD = "MIT License", "BSD License"  # the older way to state them, by classifier
PYPHEN = (
    "GNU General Public License v2 or later (GPLv2+) | "
    "GNU Lesser General Public License v2 or later (LGPLv2+) | "
    "Mozilla Public License 1.1 (MPL 1.1)"
)
#: Every distribution that comes with dosenote or one of its extras, and the licence as it states it. Each was looked
#: at: none asks that what uses it has its licence (of Pyphen's three, the LGPL or the MPL is chosen).
KNOWN = {
    "annotated-types": MIT,
    "brotli": MIT,
    "cffi": "MIT-0",
    "click": BSD,
    "colorama": _BSD,  # on Windows
    "cssselect2": _BSD,
    "fonttools": MIT,
    "jinja2": _BSD,
    "markupsafe": BSD,
    "msgspec": BSD,
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "pillow": "MIT-CMU",
    "pyarrow": "Apache-2.0",
    "pycparser": BSD,
    "pydantic": MIT,
    "pydantic-core": MIT,
    "pydyf": _BSD,
    "pyphen": PYPHEN,
    "rapidfuzz": MIT,
    "tinycss2": _BSD,
    "tinyhtml5": _MIT,
    "tomli": MIT,
    "tomli-w": _MIT,
    "typing-extensions": "PSF-2.0",
    "typing-inspection": MIT,
    "weasyprint": _BSD,
    "webencodings": _BSD,
    "zopfli": "Apache Software License",
    "zstandard": BSD,
}
#: The SPDX expression of what a classifier says, where the licence's own text tells which one it is.
SPDX = {_MIT: MIT, _BSD: BSD, PYPHEN: "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1"}
INSTALLED = closure((*REQUIRED, *EXTRAS))


def test_nothing_unknown_is_pulled_in() -> None:
    """A new dependency, also one of a dependency, is not in the list above until somebody has looked at it."""
    assert set(INSTALLED) - set(KNOWN) == set()


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_a_licence_is_the_one_that_was_looked_at(name: str) -> None:
    """What a distribution states about itself, as it is installed."""
    assert licence_of(INSTALLED[name]) == KNOWN[name]


def test_what_is_required_is_little() -> None:
    """Without an extra, thirteen distributions; one more is one more to trust."""
    assert len({*closure(REQUIRED)} - {"colorama"}) == 13


def test_the_licences_in_the_wheel_are_those_that_the_projects_state() -> None:
    """pyproject.toml lists the required dependencies, no other, with the SPDX expression of each."""
    said = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["licences"]
    names = [canonicalize_name(Requirement(text).name) for text in REQUIRED]
    assert said == {name: SPDX.get(KNOWN[name], KNOWN[name]) for name in names}


def test_the_list_of_licences_would_notice() -> None:
    """An expression, a classifier and nothing at all are told apart."""
    assert {licence_of(INSTALLED[name]) for name in ("click", "tomli-w", "pyphen")} == {BSD, _MIT, PYPHEN}


def test_what_is_imported_is_declared() -> None:
    """Every package that the source imports is a required dependency or that of an extra."""
    declared = {canonicalize_name(Requirement(text).name) for text in (*REQUIRED, *EXTRAS)}
    imported = {name for path in (ROOT / "src").rglob("*.py") for name in _imported(path)}
    foreign = imported - set(sys.stdlib_module_names) - {"dosenote"}
    assert {name.lower().replace("_", "-") for name in foreign} <= declared


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found
