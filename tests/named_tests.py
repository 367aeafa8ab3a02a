"""The tests that a text for people names, as `tests/test_x.py::test_y`, and whether there are such tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
#: A module of tests, and one test in it, or a class and its test.
_NAMED = re.compile(r"\btests/(?:\w+/)*\w+\.py(?:::\w+)*")


class Named(NamedTuple):
    """One mention of a test, and whether it is there."""

    name: str
    exists: bool


def named_tests(text: str) -> list[Named]:
    """Every mention in a text, in its order: `tests/test_x.py` alone exists where that module does."""
    return [Named(name, _exists(name)) for name in _NAMED.findall(text)]


def _exists(name: str) -> bool:
    place, *inner = name.split("::")
    path = ROOT / place
    if not path.is_file():
        return False
    body: list[ast.stmt] = ast.parse(path.read_text("utf-8")).body
    for word in inner:
        found = next((node for node in body if isinstance(node, _DEFINED) and node.name == word), None)
        if found is None:
            return False
        body = found.body
    return True


_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
