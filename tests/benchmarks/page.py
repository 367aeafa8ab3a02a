"""How long the page for the visit takes, against the text of the same report; both in one warm process.

Prints ratios of medians over runs taken in turn: absolute times mean little on a shared machine.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import date

from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.render import text
from dosenote.render.page.html import render
from dosenote.render.page.make import page_of
from dosenote.report import build_report
from dosenote.ruleset import load

RUNS = 30
LINES = (
    "Vitamin D3 5000 IU daily with breakfast", "K2 MK-7 100 mcg daily", "warfarin 5 mg daily",
    "calcium carbonate 600 mg (elemental) twice a day", "levothyroxine 75 mcg every morning", "Centrum Silver daily",
    "magnesium 200 mg at bedtime", "atorvastatin 20 mg at bedtime", "INR 2.5", "age 67", "female",
)  # fmt: skip


def main() -> None:
    ruleset = load()
    reader = Reader(ruleset.vocabulary, ruleset.products)
    report = build_report(Regimen(reader.read_all(LINES)), ruleset, "us")
    ways = {
        "text": lambda: text.render(report),
        "page, for the person": lambda: render(page_of(report, "patient", date(2026, 11, 21))),
        "page, for both": lambda: render(page_of(report, "both", date(2026, 11, 21))),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(RUNS + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if turn:  # the first round warms the caches
                taken[name].append(time.perf_counter() - start)
    middle = {name: statistics.median(times) for name, times in taken.items()}
    for name, seconds in middle.items():
        sys.stdout.write(f"{name:24} {seconds * 1000:7.1f} ms   this / text = {seconds / middle['text']:.2f}\n")


if __name__ == "__main__":
    main()
