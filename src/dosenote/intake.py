"""Documented intakes: what an authority recommends a day of one substance, for whom. Nothing here runs a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from dosenote.errors import nearest
from dosenote.facts import Fact, fact_name
from dosenote.rule import Counts, Jurisdiction, Limit, Mistake, RowReader, day_of
from dosenote.vocabulary import Vocabulary

#: The facts about a person on which an amount may depend.
PERSONAL = ("age", "sex", "pregnant", "lactating")


class Intake(NamedTuple):
    """One authority's intakes of one kind of one substance. name: as the authority calls it ("RDA"), in_full the words.

    amounts: for whom, and how much a day; each person that it is stated for finds one of them.
    """

    id: str
    jurisdiction: Jurisdiction
    substance: str
    name: str
    in_full: str
    by: str
    counts: Counts
    source: str
    locator: str
    reviewed: date
    amounts: tuple[Limit, ...]
    note: str = ""
    serves: tuple[str, ...] = ()
    withdrawn: Mapping[str, Any] | None = None


def intake_of(
    id: str,
    jurisdiction: Jurisdiction,
    table: Mapping[str, Any],
    facts: Mapping[str, Fact],
    vocabulary: Vocabulary,
) -> tuple[Intake, list[Mistake]]:
    """An intake from its TOML table, whose shape has been checked, and what is wrong with its rows."""
    reader = RowReader(facts, vocabulary)
    daily = f"{fact_name(table['substance'])}.daily"
    known = [entry.id for entry in vocabulary.of_kind("supplement") if entry.unit]
    amounts: tuple[Limit, ...] = ()
    if table["substance"] in known:
        amounts = tuple(
            reader.limit(amount, daily, (id, "amounts", number)) for number, amount in enumerate(table["amounts"])
        )
    else:
        near = nearest(table["substance"], known)
        reader.wrong((id, "substance"), f'no supplement with a unit is called "{table["substance"]}".{near}')
    for number, limit in enumerate(amounts):
        for row in limit.rows:
            if row.fact not in PERSONAL:
                reader.wrong(
                    (id, "amounts", number), f"an intake may depend on {', '.join(PERSONAL)}, not on {row.fact}"
                )
    plain = {key: value for key, value in table.items() if key not in ("amounts", "reviewed", "serves")}
    serves, reviewed = tuple(table.get("serves", ())), day_of(table["reviewed"])
    intake = Intake(id=id, jurisdiction=jurisdiction, amounts=amounts, serves=serves, reviewed=reviewed, **plain)
    return intake, reader.mistakes
