"""Files of random regimens for the tests of the batch: lines of every kind, persons, closed and open lists."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path
from typing import Any

LINES = tuple(
    line["text"] for line in tomllib.loads((Path(__file__).parent / "data" / "lines.toml").read_text("utf-8"))["line"]
)
STRUCTURED: tuple[dict[str, Any], ...] = (
    {"substance": "vitamin D3", "amount": 5000, "unit": "IU", "times": 1, "period": "day"},
    {"substance": "vitamin-k2-mk7", "amount": 100, "unit": "mcg", "times": 1, "period": "day", "with_food": True},
    {"substance": "calcium", "amount": 0.6, "unit": "g", "times": 2, "period": "day"},
    {"substance": "vitamin D3", "amount": [1000, 2000], "unit": "IU", "times": 1, "every": 2, "period": "week"},
    {"substance": "methotrexate", "amount": 10, "unit": "mg", "times": 1, "period": "day"},
    {"substance": "methotrexate", "amount": 10, "unit": "mg", "times": 1, "period": "week"},
    {"substance": "blorbium", "amount": 3, "unit": "mg", "times": 1, "period": "day"},
    {"substance": "calcium carbonate", "amount": 1250, "unit": "mg", "times": 1, "period": "day"},
    {"line": "MK-7 100 mcg daily", "started": "2026-11-01"},
    {"line": "warfarin 5 mg daily", "started": "2020-01-01", "stopped": "2026-06-01"},
    {"line": "calcium 500 mg daily", "new": False},
)
MEDICINES = (
    "warfarin",
    "levothyroxine",
    "alendronate 70 mg weekly with breakfast",
    "hydrochlorothiazide",
    "amoxicillin 500 mg",
    "digoxin",
    "phenprocoumon",
    "blorb",
)
CONDITIONS = ("kidney stones", "sarcoidosis", "osteoporosis", "high blood calcium")
FOODS = ("natto", "kale", "green smoothies")
LABS = (
    "INR 2.5", "25-OH-D 160 ng/mL", "calcium 9.4 mg/dL", "eGFR 25", "eGFR 80 (3 Nov 2025)", "eGFR 50 (1 Oct 2025)",
    "INR >8", "eGFR <30", "25-OH-D < 20 ng/mL", "eGFR over 60 (3 Nov 2025)", "calcium >= 10.5 mg/dL",
)  # fmt: skip


def regimen(chance: random.Random, id: str) -> dict[str, Any]:
    """One regimen as it stands in a line of JSON."""
    row: dict[str, Any] = {"id": id}
    row["items"] = [
        chance.choice(STRUCTURED) if chance.random() < 0.6 else chance.choice(LINES) for _ in range(chance.randrange(5))
    ]
    for name, choices in (("medicines", MEDICINES), ("conditions", CONDITIONS), ("foods", FOODS), ("labs", LABS)):
        if chance.random() < 0.6:
            row[name] = chance.sample(choices, chance.randrange(3))
    for flag in ("no_other_medicines", "no_conditions", "no_other_foods"):
        if chance.random() < 0.3:
            row[flag] = True
    person: dict[str, Any] = {}
    if chance.random() < 0.7:
        person["age"] = chance.choice([0, 0.5, 3, 16, 40, 59.5, 67, 90])
    if chance.random() < 0.7:
        person["sex"] = chance.choice(["female", "male"])
    if person.get("sex") == "female" and chance.random() < 0.5:
        person["pregnant"] = chance.choice([True, False])
    if chance.random() < 0.04:
        person |= {"sex": "male", "pregnant": True}  # contradicts itself
    return row | ({"person": person} if person else {})


def json_lines(count: int, seed: int) -> list[bytes]:
    """Lines of a file, without their ends."""
    chance = random.Random(seed)
    return [json.dumps(regimen(chance, f"P{number}")).encode() for number in range(count)]
