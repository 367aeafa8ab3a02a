"""How long a fresh `dosenote check` takes, against Python alone and against importing its dependencies.

Prints ratios of medians over runs taken in turn: absolute times mean little on a shared machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import click, pydantic, tomli": [sys.executable, "-c", "import click, pydantic, tomli"],
    "dosenote check": [
        sys.executable, "-m", "dosenote", "check", "Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "warfarin",
        "--age", "67",
    ],
}  # fmt: skip


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(RUNS + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
            if turn:  # the first round warms the disk
                taken[name].append(time.perf_counter() - start)
    middle = {name: statistics.median(times) for name, times in taken.items()}
    check = middle["dosenote check"]
    for name, seconds in middle.items():
        sys.stdout.write(f"{name:32} {seconds * 1000:7.1f} ms   dosenote check / this = {check / seconds:.2f}\n")


if __name__ == "__main__":
    main()
