"""What does not fit between the entries of the vocabulary: two of one name, or one that names another in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dosenote.errors import nearest
from dosenote.vocabulary import KINDS, NAMES, words

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Clash(NamedTuple):
    """Something that does not fit between entries: the file's stem, the entry's id, and what."""

    stem: str
    id: str
    what: str


def clashes(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Clash]:
    """Where two entries have one id or one name, one names another that is not there, or is part of itself."""
    home: dict[str, str] = {}
    owner: dict[tuple[str, ...], str] = {}
    for stem in KINDS:
        for id, table in tables.get(stem, {}).items():
            if id in home:
                yield Clash(stem, id, f'an entry in {home[id]}.toml is called "{id}", too')
            home.setdefault(id, stem)
            if not _ID.fullmatch(id):
                yield Clash(stem, id, f'"{id}" is no id: small letters and figures, with - between words')
            for name in (table["label"], *(name for key in NAMES for name in table.get(key, ()))):
                other = owner.setdefault(words(name), id)
                if other != id:
                    yield Clash(stem, id, f'"{name}" is a name of both [{other}] and [{id}]')
                if not words(name):
                    yield Clash(stem, id, f'"{name}" has no word in it')
    for id, stem in home.items():
        table = tables[stem][id]
        for group in (*table.get("part_of", ()), *table.get("may_hold", ()), *table.get("becomes", ())):
            if group not in home:
                yield Clash(stem, id, f'[{id}] names "{group}", which is no entry.{nearest(group, home)}')
            elif home[group] != stem:
                yield Clash(stem, id, f'[{id}] names "{group}", which is in {home[group]}.toml')
        for measured in table.get("measures", ()):
            if home.get(measured) not in ("substances", "medicines"):
                yield Clash(stem, id, f'[{id}] measures "{measured}", which nobody takes.{nearest(measured, home)}')
    for id in tables.get("amounts", {}):
        if id not in home:
            yield Clash("amounts", id, f"[{id}] is no entry.{nearest(id, home)}")
        elif home[id] not in ("substances", "medicines"):
            yield Clash("amounts", id, f"[{id}] is in {home[id]}.toml: only what is taken has amounts")
    for id in tables.get("writing", {}).get("implied", {}):
        if home.get(id) != "conditions":
            conditions = [one for one, stem in home.items() if stem == "conditions"]
            yield Clash("writing", f"implied.{id}", f'"{id}" is no condition.{nearest(id, conditions)}')
    foods = {name for name, id in owner.items() if home[id] == "foods"}
    for name in tables.get("writing", {}).get("picture", {}):
        if words(name) not in foods:
            yield Clash("writing", "picture", f'"{name}" is no name of a food')
    for id, stem in home.items():
        level, seen = {id}, set[str]()
        while level:
            level = {g for one in level & home.keys() for g in tables[home[one]][one].get("part_of", ())} - seen
            seen |= level
        if id in seen:
            yield Clash(stem, id, f"[{id}] is part of itself")
