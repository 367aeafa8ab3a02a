"""Fuzz one target with atheris: python tests/fuzz/run.py TARGET --seconds N. See README.md in this folder."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import atheris

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "audited")]
#: The parts that guide the search; a whole report is so much work that watching it takes ten times as long.
WATCHED = ["dosenote.files"] if "report" in sys.argv else ["dosenote"]
with atheris.instrument_imports(include=WATCHED):
    from targets import TARGETS, World

    from dosenote.reader.phrases import phrases
    from dosenote.ruleset import RuleSet, load

#: Where what was found goes; nothing in it belongs to the project until somebody has looked at it.
FOUND = HERE.parents[1] / "build" / "fuzz"
#: What stands between the names in a line, and values on which programs stumble.
WORDS = (
    "5", "100", "5000 IU", "2.5 mg", "1,000", "20.000", "1/2", "½", "0", "-1", "1e308", "9" * 40, "(", ")", "/", "+", ",", ";",
    ". ", "-", "–", "'", "\u200b", "\u202e", "\u0301", "µg", "%", ":", "=", "[ ]", "x", "#", "\u0665", "\u00b2", "\ufb01", "İ", "ß",
    "\u2028", "\u00a0", "\ufeff", "M/W/F", "1-0-1", "2026-05-01", "8:30", "q6h", "zzz",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**30, 1e308, -1e-300, "", " ", "x", "=1", "\u0000", "\u202e", "9" * 400, [], {}, [[]], [None],
    {"line": "warfarin"}, "2026-05-01", "none", "warfarin 5 mg daily", float("nan"), float("inf"),
)  # fmt: skip


def mutator(ruleset: RuleSet, is_json: bool) -> Callable[[bytes, int, int], bytes]:
    """Changes words of a line, or values of JSON, into others; now and then bytes, as libFuzzer does."""
    names = [" ".join(words) for words, _, _ in phrases(ruleset.vocabulary)]

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.25:
            return bytes(atheris.Mutate(data, most))
        if is_json:
            changed = _json(data, chance, names)
            return changed[:most] if changed is not None else bytes(atheris.Mutate(data, most))
        return _words(data.decode("utf-8", "ignore"), chance, names).encode()[:most]

    return mutate


def _words(text: str, chance: random.Random, names: Sequence[str]) -> str:
    parts = text.split(" ")
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(parts) + 1)
        new = chance.choice(names if chance.random() < 0.6 else WORDS)
        move = chance.randrange(5)
        if move <= 1:
            parts.insert(place, new)
        elif move == 2 and place < len(parts):
            del parts[place]
        elif move == 3 and place < len(parts):
            parts[place] = new if chance.random() < 0.5 else parts[place] + new
        else:
            chance.shuffle(parts)
        parts = parts or [""]
    return " ".join(parts)


def _json(data: bytes, chance: random.Random, names: Sequence[str]) -> bytes | None:
    """One of the objects of JSON, a line each or the whole, with something in it changed; None where there is none."""
    lines = data.split(b"\n") if not data.lstrip().startswith(b"{\n") else [data]
    place = chance.randrange(len(lines))
    try:
        value = json.loads(lines[place])
    except (ValueError, RecursionError):
        return None
    holders = list(_holders(value))
    if not holders:
        return None
    for _ in range(chance.randrange(1, 4)):
        holder = chance.choice(holders)
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = chance.choice(keys) if keys else None
        move = chance.randrange(4)
        if key is None or (move == 0 and isinstance(holder, list)):
            new = chance.choice(VALUES)
            holder.append(new) if isinstance(holder, list) else holder.update({chance.choice(("id", "line", "x")): new})
        elif move == 1:
            del holder[key]
        elif move == 2 and isinstance(holder[key], str):
            holder[key] = _words(holder[key], chance, names)
        else:
            other = chance.choice(holders)
            holder[key] = chance.choice([*VALUES, *(json.loads(json.dumps(one)) for one in [other])])
    lines[place] = json.dumps(value).encode()
    return b"\n".join(lines)


def _holders(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, (dict, list)) else []
    return own + [one for each in inner for one in _holders(each)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60, help="how long (default: 60)")
    said = parser.parse_args()
    ruleset = load()
    found = FOUND / said.target
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        world, target = World(ruleset, Path(folder)), TARGETS[said.target]
        options = [
            f"-max_total_time={said.seconds}",
            "-timeout=20",
            "-max_len=3000",
            f"-artifact_prefix={found}/crash-",
        ]
        is_json = said.target in ("fhir", "jsonl", "parquet", "products")
        own = {"custom_mutator": mutator(ruleset, is_json)} if said.target not in ("rule",) else {}
        kept = HERE / "corpus" / said.target
        atheris.Setup([sys.argv[0], *options, str(found), str(kept)], lambda data: target(world, data), **own)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
