"""TOML and JSON texts, and the lines on which their keys stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tomli

from dosenote.errors import DosenoteError

#: Bytes of the largest file that is read whole.
LARGEST = 10_000_000


def load_toml(text: str, name: str) -> dict[str, Any]:
    """Raises DosenoteError with file and line when the text is not TOML."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line = getattr(error, "lineno", None)
        what = getattr(error, "msg", None) or str(error)
        raise DosenoteError(f"this is not TOML: {what}", f"{name}:{line}" if line else name) from None
    except RecursionError:
        raise DosenoteError("this is nested too deeply", name) from None
    except ValueError as error:  # a number of thousands of figures
        raise DosenoteError(f"this is not TOML: {error}", name) from None


def load_json(text: str, name: str) -> dict[str, Any]:
    """Raises DosenoteError with file and line when the text is not one JSON object."""
    import json

    try:
        table = json.loads(text, object_pairs_hook=_no_doubles)
    except json.JSONDecodeError as error:
        raise DosenoteError(f"this is not JSON: {error.msg}", f"{name}:{error.lineno}") from None
    except RecursionError:
        raise DosenoteError("this is nested too deeply", name) from None
    except ValueError as error:
        raise DosenoteError(str(error), name) from None
    if not isinstance(table, dict):
        raise DosenoteError("a JSON object is wanted", name, 'It begins with { and holds "items".')
    return table


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        double = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
        raise ValueError(f'"{double}" is given twice')
    return table


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The line, from 1, of the key at a path in a TOML or JSON text, or of the nearest thing above it.

    ("when", "vitamin_d.daily") is a row of a rule; ("evidence", 1, "says") the key of the second [[evidence]];
    ("adcal", "ingredients", 1, "amount") is in the second inline table of a list.
    """
    header, best, counts = "", 1, dict[str, int]()
    place = next((part for part in path if isinstance(part, int)), None)
    keys = [part for part in path if isinstance(part, str)]
    wanted = ".".join(keys if isinstance(path[-1], int) else keys[:-1])
    lines = text.splitlines()
    above = [part for part in path[: path.index(place)] if isinstance(part, str)] if place is not None else []
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("#"):
            continue
        if stripped.startswith("[") and "=" not in stripped.partition("]")[0]:
            header = stripped.partition("]")[0].strip("[ ")
            counts[header] = counts.get(header, -1) + 1
            if header in (wanted, keys[0]) and place in (None, counts[header]):
                best = number
            continue
        if place is not None and header == ".".join(above[:-1]) and _has_key(stripped, above[-1]):
            return number + _row(lines[number - 1 :], place)
        inside = header == wanted and place in (None, counts.get(header))
        if _has_key(stripped, keys[-1]) and (inside or header == ""):
            return number
        if header == "" and _has_key(stripped, keys[0]):
            best = number
    return best


def _row(lines: list[str], place: int) -> int:
    """How many lines below the first the inline table of this place begins; 0 where there is none."""
    seen = depth = 0
    for below, line in enumerate(lines):
        for char in line:
            if char == "{":
                seen += depth == 0  # a table inside a table is none of the list
                depth += 1
            depth -= char == "}"
        if seen > place:
            return below
        if line.rstrip().endswith("]"):
            break
    return 0


def _has_key(line: str, key: str) -> bool:
    """Whether a line sets a key: `key =` or `"key":`, alone or inside an inline table."""
    word = re.escape(key)
    return re.search(rf'(^|[{{,]\s*){word}\s*=|(^|[{{,]\s*)"{word}"\s*[:=]', line) is not None


def read_text(path: Path) -> str:
    """A file's text; raises DosenoteError when it cannot be read or is not UTF-8."""
    try:
        with path.open("rb") as file:
            return decode(file.read(LARGEST + 1), str(path))
    except OSError as error:
        raise DosenoteError(f"cannot be read: {error.strerror}", str(path)) from None


def decode(content: bytes, name: str) -> str:
    """The text of a file or of standard input; raises DosenoteError when it is too large or not UTF-8."""
    if len(content) > LARGEST:
        raise DosenoteError(f"more than {LARGEST // 1_000_000} MB", name, "One regimen is a few lines.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DosenoteError(f"byte {error.start} is not UTF-8", name, "Save it as UTF-8 text.") from None
