"""How many distinct lines are read a second on one core, and whether that depends on how many names there are.

Prints lines a second, and the ratio of the time for a line with twenty times as many names to that with ours, both
measured in this run, in turn.
"""

from __future__ import annotations

import gc
import itertools
import statistics
import sys
import time
from dataclasses import replace

from dosenote.reader import Reader
from dosenote.ruleset import load
from dosenote.vocabulary import Entry, Vocabulary

TURNS = 7
NAMES = ("Vitamin D3", "vitamin D3 (cholecalciferol)", "D3", "K2 MK-7", "calcium", "warfarin", "Coumadin", "magnesium")
UNITS = {"Vitamin D3": "IU", "vitamin D3 (cholecalciferol)": "IU", "D3": "IU", "K2 MK-7": "mcg"}
OFTEN = (
    "daily", "once a day", "twice a day with meals", "every other day", "1 tablet every morning", "Mon/Wed/Fri",
    "2 capsules weekly", "q12h", "at bedtime as needed, max 2 per day", "for 8 weeks, 1x/day",
)  # fmt: skip


def lines() -> list[str]:
    """A few thousand lines, no two alike."""
    found = []
    for name, often, step in itertools.product(NAMES, OFTEN, range(1, 61)):
        unit = UNITS.get(name, "mg")
        amount = {
            "IU": 100 * step + 300,
            "mcg": 3 * step + 10,
            "mg": step / 4 if name in NAMES[5:7] else 5 * step + 90,
        }[unit]
        found.append(f"{name} {amount:,g} {unit} {often}")
    return found


def larger(vocabulary: Vocabulary, times: int) -> Vocabulary:
    """The vocabulary with so many times as many names; the new ones are medicines that nobody takes."""
    entries = dict(vocabulary.entries)
    count = sum(len(entry.names) + len(entry.brands) + 1 for entry in entries.values())
    for number in range(count * (times - 1)):
        made = f"zz{number:x}ol"
        entries[made] = Entry(made, "medicine", f"vitamin {made}" if number % 3 else made)
    return replace(vocabulary, entries=entries)


def main() -> None:
    """Measure and print."""
    gc.disable()  # as the command itself does
    ruleset, texts = load(), lines()
    readers = {1: Reader(ruleset.vocabulary), 20: Reader(larger(ruleset.vocabulary, 20))}
    taken: dict[int, list[float]] = {times: [] for times in readers}
    for turn in range(TURNS + 1):
        for times, reader in readers.items():
            start = time.perf_counter()
            accepted = sum(reading.outcome == "accept" for reading in reader.read_many(texts))
            if turn:
                taken[times].append((time.perf_counter() - start) / len(texts))
    ours, many = (statistics.median(taken[times]) for times in readers)
    sys.stdout.write(f"{len(texts)} distinct lines, {accepted} of them accepted: {1 / ours:,.0f} lines a second\n")
    sys.stdout.write(f"twenty times as many names: {many / ours:.2f} times the time for a line\n")


if __name__ == "__main__":
    main()
