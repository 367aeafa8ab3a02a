"""Many regimens: ratios in one run to the time that decoding and writing take, and faults planted in a large file.

    python tests/benchmarks/batch.py [ROWS]

Prints, for ROWS (1,000,000) regimens of about four structured items and for as many with items as text (5 % of the
lines distinct): the time of the whole command over the time to decode the same file with msgspec and to write the same
output; peak memory; the same in two processes; and for 600 bad lines of twelve kinds whether exactly those are rejected.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

PRODUCTS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("vitamin D3", "IU", (400, 800, 1000, 2000, 4000, 5000)), ("vitamin K2 MK-7", "mcg", (45, 90, 100, 180)),
    ("calcium", "mg", (200, 300, 500, 600)), ("magnesium", "mg", (100, 200, 400)), ("vitamin K1", "mcg", (25, 50, 80)),
    ("iron", "mg", (10, 14, 18)), ("zinc", "mg", (8, 10, 15)), ("vitamin E", "IU", (100, 200, 400)),
)  # fmt: skip
MEDICINES = ("warfarin", "levothyroxine", "metformin", "atorvastatin", "hydrochlorothiazide", "prednisone", "digoxin")
CONDITIONS = ("kidney stones", "kidney disease", "osteoporosis", "high blood pressure")
WORDS = ("daily", "once a day", "twice a day", "every day", "weekly", "every other day", "in the morning")

BAD: tuple[bytes, ...] = (
    b'{"id": "x", "items": ["D3 1000 IU daily"]', b'{"id": "x", "items": 5}', b'{"id": "x", "items": ["D3 \xff"]}', b"",
    b"[1, 2]", b'{"id": "x", "items": [{"substance": "calcium", "amount": -5, "unit": "mg"}]}', b'{"items": []}',
    b'{"id": "x", "items": [], "person": {"age": 200}}', b'{"id": "x", "items": [], "person": {"sex": "x"}}',
    b'{"id": "x", "items": [], "unknown": 1}', b'{"id": "x", "items": [], "items": ["D3"]}',
    b'{"id": "x", "items": ["age 40"], "person": {"age": 67}}',
)  # fmt: skip


class Item(msgspec.Struct):
    substance: str
    amount: float
    unit: str
    times: int
    period: str


class Person(msgspec.Struct):
    age: int
    sex: str


class Row(msgspec.Struct):
    """One line as it would be decoded by hand."""

    id: str
    items: list[Item | str]
    medicines: list[str]
    conditions: list[str]
    foods: list[str]
    labs: list[str]
    person: Person
    no_other_medicines: bool
    no_conditions: bool


class Finding(msgspec.Struct):
    """One line of output as it would be encoded by hand."""

    line: int
    id: str
    rule: str
    answer: str
    action: str
    severity: str
    certainty: str
    values: dict[str, Any]
    limit: str | None


def rows(count: int, is_text: bool) -> Iterator[bytes]:
    """Lines of the file: complete lists of medicines and conditions, most of the usual blood values."""
    chance = random.Random(3)
    texts: list[str] = []
    while is_text and len(texts) < count * 4 // 20:
        name, unit, _ = chance.choice(PRODUCTS)
        texts.append(f"{name} {chance.randint(10, 900)}.{len(texts) % 10} {unit} {chance.choice(WORDS)}")
    for number in range(count):
        items: list[Any] = []
        for name, unit, amounts in chance.sample(PRODUCTS, chance.choice((3, 4, 4, 5))):
            said = {"substance": name, "amount": chance.choice(amounts), "unit": unit, "times": 1, "period": "day"}
            items.append(chance.choice(texts) if is_text else said)
        row = {
            "id": f"P{number:08d}", "items": items, "medicines": chance.sample(MEDICINES, chance.choice((0, 1, 1, 2))),
            "conditions": chance.sample(CONDITIONS, chance.choice((0, 0, 1))), "foods": [],
            "labs": ["eGFR 90", "calcium 9.4 mg/dL", "25-OH-D 40 ng/mL"], "no_other_medicines": True,
            "no_conditions": True, "person": {"age": chance.randint(1, 95), "sex": chance.choice(("female", "male"))},
        }  # fmt: skip
        yield json.dumps(row).encode() + b"\n"


def command(path: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "dosenote", "batch", str(path), "-o", str(out), *options]


#: A process is said to have been as large as the one that started it; so a small one starts it.
_LAUNCH = """
import os, sys, time
began = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, 1, 0)])
_, _, usage = os.wait4(child, 0)
print(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


class Took(NamedTuple):
    """What a command took. wall, processor: seconds. megabytes: at the peak, of the largest of its processes."""

    wall: float
    processor: float
    megabytes: float


def launched(arguments: Sequence[str], path: Path | None = None) -> Took:
    """One command with its children, from its start to its end. path: what it reads, in memory as for the others."""
    os.sync()  # the disk is not busy any more with what another one wrote
    if path is not None:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
    told = subprocess.run([sys.executable, "-S", "-c", _LAUNCH, *arguments], check=True, capture_output=True, text=True)
    return Took(*map(float, told.stdout.split()))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def floor(path: Path, written: Path, copy: Path) -> float:
    """Seconds to decode the input line by line, and to encode and write the output line by line."""
    decode = msgspec.json.Decoder(Row).decode
    findings = [msgspec.json.decode(line, type=Finding) for line in _first(written, 200_000)]
    lines = sum(1 for _ in written.open("rb"))

    def read() -> None:
        with path.open("rb") as file:
            for line in file:
                decode(line)

    def write() -> None:
        encode, left = msgspec.json.Encoder().encode, lines
        with copy.open("wb") as file:
            while left > 0:  # the same findings again and again: not all of them fit into memory
                file.write(b"".join(encode(finding) + b"\n" for finding in findings[:left]))
                left -= len(findings)

    return seconds(read) + seconds(write)


def _first(path: Path, count: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        for _, line in zip(range(count), file, strict=False):
            yield line


def faults(folder: Path, count: int) -> str:
    """Whether exactly the planted lines are rejected, and every other row is checked."""
    chance = random.Random(5)
    planted = dict.fromkeys(sorted(chance.sample(range(1, count + 1), 600)))
    path = folder / "faults.jsonl"
    with path.open("wb") as file:
        for number, line in enumerate(rows(count, False), 1):
            file.write(BAD[number % len(BAD)] + b"\n" if number in planted else line)
    results = folder / "results.jsonl"
    launched(command(path, folder / "faults.out.jsonl", "--results", str(results)))
    with (folder / "faults.out.jsonl.rejects.csv").open(encoding="utf-8") as file:
        rejected = [int(row["line"]) for row in csv.DictReader(file)]
    checked = sum(1 for _ in results.open("rb"))
    is_right = rejected == list(planted) and checked == count - len(planted)
    return f"{len(rejected)} rejects of {len(planted)} planted, {checked:,} rows checked: {'exact' if is_right else 'WRONG'}"


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, is_text in (("structured items", False), ("items as text", True)):
            path, out = folder / "in.jsonl", folder / "out.jsonl"
            with path.open("wb") as file:
                file.writelines(rows(count, is_text))
            took, _, memory = launched(command(path, out), path)
            least = floor(path, out, folder / "copy.jsonl")
            two = launched(command(path, folder / "two.jsonl", "--jobs", "2"), path).wall
            same = out.read_bytes() == (folder / "two.jsonl").read_bytes()
            say(f"{count:,} regimens, {title}: {count / took:,.0f} a second, {took / least:.2f} times decoding and")
            say(f"  writing; {memory:.0f} MB; two processes {took / two:.2f} times as fast, same bytes: {same}")
        say(faults(folder, count))
        ten = folder / "ten.jsonl"
        ten.write_bytes(b"".join(rows(10, False)))
        check = [sys.executable, "-m", "dosenote", "check", "Vitamin D3 5000 IU daily", "warfarin"]
        batch = command(ten, folder / "ten.out.jsonl")
        pairs = [(launched(batch).wall, launched(check).wall) for _ in range(9)]
        ratios = sorted(one / other for one, other in pairs)
        say(f"ten regimens: {ratios[len(ratios) // 2]:.2f} times one check")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
