"""Several readings of one medication → one: instructions that say the same, and dosages that go together."""

from __future__ import annotations

from collections.abc import Iterable

from dosenote.fhir.naming import Named
from dosenote.regimen import Reading


def are_one(readings: list[Reading]) -> bool:
    """Whether several instructions in words say the same, as far as each says anything."""
    if len(readings) < 2:
        return True
    if any(len(reading.items) != 1 for reading in readings):
        return False
    items = [reading.items[0] for reading in readings]
    return len({one.amount for one in items} - {None}) < 2 and len({one.schedule for one in items} - {None}) < 2


def merged(readings: list[Reading]) -> Reading | None:
    """The first of several instructions in words, with what only another one says."""
    if not readings or not are_one(readings):
        return readings[0] if readings else None
    if len(readings[0].items) != 1:
        return readings[0]
    items = [reading.items[0] for reading in readings]
    amount = next((one.amount for one in items if one.amount is not None), None)
    schedule = next((one.schedule for one in items if one.schedule is not None), None)
    return readings[0]._replace(items=(items[0]._replace(amount=amount, schedule=schedule),))


def in_phase(reading: Reading, phase: int) -> Reading:
    """The reading with its items in a phase: 1, 2, … for dosages that follow one another and are never added."""
    return reading._replace(items=tuple(item._replace(phase=phase) for item in reading.items))


def together(named: Named, readings: list[Reading]) -> Reading:
    """One reading of several dosages of one medication."""
    worst = next((one.outcome for one in readings if one.outcome == "refuse"), None)
    is_open = any(one.outcome != "accept" for one in readings)
    return Reading(
        named.shown,
        worst or ("ask" if is_open else "accept"),
        tuple(item for one in readings for item in one.items),
        unread=each(one.unread for one in readings),
        missing=each(one.missing for one in readings),
        questions=each(one.questions for one in readings),
        assumed=each(one.assumed for one in readings),
        suggestions=each(one.suggestions for one in readings),
        reason=joined(one.reason for one in readings),
    )


def each(pieces: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Every piece once, in order."""
    return tuple(dict.fromkeys(piece for some in pieces for piece in some))


def joined(reasons: Iterable[str]) -> str:
    """The reasons as one text, each once, with ; between them; those that are empty are left out."""
    return "; ".join(dict.fromkeys(filter(None, reasons)))
