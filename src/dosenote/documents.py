"""TOML and JSON texts, and the lines on which their keys stand."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Any

import tomli

from dosenote.errors import DosenoteError

#: Bytes of the largest file that is read whole.
LARGEST = 10_000_000
#: For whoever gives a line in the place of a file.
_FIRST = "A list of what you take goes into a file first, one item a line."
#: As many figures as Python never turns into a whole number.
_FIGURES = re.compile(r"[0-9_]{4000}")
#: How tomli writes the place of a key: ('person',).
_KEY = re.compile(r"\('.*'\)|\('.*',\)")


def load_toml(text: str, name: str) -> dict[str, Any]:
    """Raises DosenoteError with file and line when the text is not TOML."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line = getattr(error, "lineno", None)
        what = _KEY.sub(lambda key: ".".join(re.findall(r"'(.*?)'", key[0])), getattr(error, "msg", None) or str(error))
        raise DosenoteError(f"this is not TOML: {what}", f"{name}:{line}" if line else name) from None
    except RecursionError:
        raise DosenoteError("this is nested too deeply", name) from None
    except ValueError:
        raise _long_number(text, name) from None


def load_json(text: str, name: str) -> dict[str, Any]:
    """Raises DosenoteError with file and line when the text is not one JSON object."""
    import json

    try:
        table = json.loads(text, object_pairs_hook=_no_doubles)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise DosenoteError(f"this is not JSON: {what}", f"{name}:{error.lineno}") from None
    except RecursionError:
        raise DosenoteError("this is nested too deeply", name) from None
    except _Double as error:
        raise DosenoteError(str(error), name) from None
    except ValueError:
        raise _long_number(text, name) from None
    if not isinstance(table, dict):
        raise DosenoteError("a JSON object is wanted", name, 'It begins with { and holds "items".')
    return table


class _Double(ValueError):
    """A key that is given twice."""


def _long_number(text: str, name: str) -> DosenoteError:
    """What is wrong with a text that holds a number of more figures than Python reads."""
    found = _FIGURES.search(text)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    return DosenoteError("a number has too many figures", f"{name}:{line}")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        double = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
        raise _Double(f'"{double}" is given twice')
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
        raise unreadable(error, str(path), _FIRST if " " in str(path) else "") from None


def unreadable(error: OSError, name: str, hint: str = "") -> DosenoteError:
    """Why a file cannot be read, in plain words. hint: what to do where there is no such file, or ""."""
    if isinstance(error, IsADirectoryError):
        return DosenoteError("this is a folder, and a file is wanted", name, "Give the name of a file in it.")
    if isinstance(error, FileNotFoundError) or error.errno == errno.ENAMETOOLONG:
        return DosenoteError("there is no such file", name, hint)
    return DosenoteError(f"cannot be read: {error.strerror}", name)


def decode(content: bytes, name: str) -> str:
    """The text of a file or of standard input.

    Raises DosenoteError when it is too large, is not UTF-8, or holds a NUL, which no text does: UTF-16 is full of them.
    """
    if len(content) > LARGEST:
        raise DosenoteError(f"more than {LARGEST // 1_000_000} MB", name, "One regimen is a few lines.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"{name}:{_line_at(content, error.start)}"
        raise DosenoteError(f"byte {error.start} is not UTF-8", place, "Save it as UTF-8 text.") from None
    nul = content.find(0)
    if nul >= 0:
        place = f"{name}:{_line_at(content, nul)}"
        raise DosenoteError("there is a NUL in it, so this is no text", place, "Save it as UTF-8 text.")
    return text


def _line_at(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1
