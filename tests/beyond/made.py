"""Regimens that are made up, as record batches: for the examples beyond one machine, and for measuring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

LINES = (
    "Vitamin D3 5000 IU daily", "Vitamin D3 1000 IU daily", "vitamin D3 50,000 IU once a week", "D3 25 mcg every other day",
    "K2 MK-7 100 mcg daily", "MK-7 45 mcg twice a day", "vitamin K1 500 mcg daily", "MK-4 5 mg three times a day",
    "calcium 600 mg twice a day", "Calcium 1200 mg/day in divided doses", "calcium citrate 500 mg with breakfast",
    "magnesium 200-400 mg at bedtime", "warfarin 5 mg daily", "warfarin 3mg M/W/F, 4mg Tu/Th/Sa/Su",
    "Eliquis 5 mg twice daily", "hydrochlorothiazide 25 mg daily", "digoxin 125 mcg daily", "multivitamin", "xyzzy 3 mg",
)  # fmt: skip
MEDICINES = ("warfarin", "levothyroxine", "hydrochlorothiazide", "digoxin", "phenprocoumon", "blorb")
CONDITIONS = ("kidney stones", "sarcoidosis", "osteoporosis", "high blood calcium")


def table(count: int, seed: int = 1) -> Any:
    """A table of this many regimens. Some rows contradict themselves, or have no id."""
    chance = np.random.default_rng(seed)

    def some(choices: Any, unsaid: float) -> Any:
        """One of the choices for each regimen; null for this share of them."""
        picked = pa.array(chance.integers(0, len(choices), count), mask=chance.random(count) < unsaid)
        return pa.array(choices).take(picked)

    def lists(choices: tuple[str, ...], most: int, unsaid: float) -> Any:
        ends = np.cumsum(chance.integers(0, most + 1, count))
        values = pa.array(choices).take(pa.array(chance.integers(0, len(choices), ends[-1])))
        offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
        return pa.ListArray.from_arrays(offsets, values, mask=pa.array(chance.random(count) < unsaid))

    numbers = pa.array([None if number % 997 == 5 else f"P{number:07}" for number in range(count)])
    return pa.table(
        {
            "id": numbers,
            "items": lists(LINES, 6, 0.002),
            "medicines": lists(MEDICINES, 2, 0.4),
            "conditions": lists(CONDITIONS, 2, 0.4),
            "age": some([0.5, 16.0, 40.0, 59.5, 67.0, 90.0, 200.0], 0.1),
            "sex": some(["female", "male"], 0.1),
            "pregnant": some([False, False, False, True], 0.7),
            "no_other_foods": some([True, False], 0.3),
        }
    )


def local_rows(regimens: Any) -> list[tuple[str | None, ...]]:
    """The answer of this process, sorted."""
    from dosenote.arrow import check_batches

    return sorted_rows(row for batch in check_batches(regimens.to_batches()) for row in batch.to_pylist())


def sorted_rows(rows: Any) -> list[tuple[str | None, ...]]:
    """Rows in an order that does not depend on who came first."""
    return sorted((tuple(row.values()) for row in rows), key=lambda row: [(cell is None, cell or "") for cell in row])
