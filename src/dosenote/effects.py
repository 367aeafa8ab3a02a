"""What one line does to the facts, whatever stands beside it: small, and the same for every line that does the same."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dosenote.facts import Gathered
from dosenote.regimen import Closed, Lab, Person, Reading, Regimen
from dosenote.uses import Use, one_step_at_a_time
from dosenote.vocabulary import Vocabulary


class Effect(NamedTuple):
    """One line's share in the facts; ids are those of vocabulary entries.

    uses: each with the entry for which it counts. named: what is surely, and what is perhaps, named by itself.
    conditions, foods, stopped, doubted, denied, labs, person, closed: as in a reading; what stopped by its date is in
    `ended`, and in `doubted`, too, where that was lately. hides: whether the line may hide anything. not_recognised:
    pieces of it that were not, or the whole of it where it was refused or has an unusual amount, each with the reason.
    is_item: whether it names, or may name, something that is taken.
    """

    uses: tuple[tuple[str, Use], ...] = ()
    named: tuple[str, ...] = ()
    doubtfully_named: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    foods: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    labs: tuple[Lab, ...] = ()
    person: Person = Person()
    closed: Closed = Closed()
    hides: bool = False
    not_recognised: tuple[tuple[str, str], ...] = ()
    is_item: bool = False


def effect_of(reading: Reading, vocabulary: Vocabulary, as_of: date | None = None) -> Effect:
    """What a line does, on the day of the check."""
    regimen = Regimen((reading,), as_of=as_of)
    gathered = Gathered()
    gathered.add_all(regimen, vocabulary)
    uses = tuple(
        (id, use._replace(number=0, step=None)) for id in gathered.uses for use in one_step_at_a_time(gathered.uses[id])
    )
    return Effect(
        uses=uses,
        named=tuple(sorted(gathered.named)),
        doubtfully_named=tuple(sorted(gathered.doubtfully_named)),
        conditions=reading.conditions,
        foods=reading.foods,
        stopped=reading.stopped,
        ended=tuple(item.substance for item in reading.items if regimen.has_stopped(item)),
        doubted=(*reading.doubted, *(item.substance for item in reading.items if regimen.has_just_stopped(item))),
        denied=reading.denied,
        labs=tuple(lab._replace(text="") for lab in regimen.all_labs),
        person=reading.person,
        closed=reading.closed,
        hides=reading.hides_something,
        not_recognised=not_recognised_in(reading),
        is_item=bool(reading.items) or reading.hides_something,
    )


def not_recognised_in(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Pieces of a line that were not recognised, and the whole of it where that is refused or of an unusual amount."""
    if (reading.outcome == "refuse" and not reading.hidden) or reading.is_unusual:
        return (*reading.not_recognised, (reading.text.strip(), reading.why_unclear))
    return reading.not_recognised
