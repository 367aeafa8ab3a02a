"""What a medication is: its codes and its names, which must agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dosenote.fhir.bundle import File
from dosenote.fhir.element import Element, NotUsable
from dosenote.fhir.fields import INGREDIENT, MEDICATION
from dosenote.fhir.systems import SYSTEMS
from dosenote.reader import Reader
from dosenote.regimen import Closed, Person, Reading
from dosenote.vocabulary import Vocabulary

#: Words of RxNorm for how a piece lets go of what is in it; they name nothing, and say nothing of how much.
RELEASE = re.compile(
    r"\b(?:\d+ hr\b|(?:extended|delayed) release\b|disintegrating\b|injectable (?:solution|suspension)\b)",
    re.IGNORECASE,
)
Codes = Mapping[tuple[str, str], str]


class NotNamed(NotUsable):
    """That neither a name nor a code is known."""


class Named(NamedTuple):
    """A medication. line: its name as it is read. ids: entries of the vocabulary. unread: names not understood.

    parts: the lines of its ingredients, where it is a Medication that lists them. said: every name as it was given.
    """

    shown: str
    line: str = ""
    ids: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def codes_of(vocabulary: Vocabulary) -> Codes:
    """The entry of each confirmed code, by its system's address and the code."""
    return {
        (SYSTEMS[system], code): entry.id
        for entry in vocabulary.entries.values()
        for system, code in entry.codes.items()
        if system in SYSTEMS
    }


def only_taken(reading: Reading) -> bool:
    """Whether a reading names something that is taken, and says nothing else."""
    return bool(reading.items) and not says_more(reading) and all(item.is_taken for item in reading.items)


def says_more(reading: Reading) -> bool:
    """Whether a reading says something that the name or the dosage of a medicine cannot say."""
    return bool(
        reading.denied or reading.stopped or reading.doubted or reading.conditions or reading.foods or reading.labs
        or reading.closed != Closed() or reading.person != Person()
    )  # fmt: skip


class Names:
    """Resolves medications with one reader."""

    def __init__(self, reader: Reader, file: File) -> None:
        self.reader = reader
        self.vocabulary = reader.vocabulary
        self.file = file
        self.codes = codes_of(reader.vocabulary)

    def of(self, holder: Element) -> Named:
        """The medication of a statement or a request. Raises NotUsable where it cannot be told."""
        concept, reference = holder.one("medicationCodeableConcept"), holder.one("medicationReference")
        if concept is not None and reference is not None:
            raise NotUsable("it names two medications")
        if concept is not None:
            return self.of_concept(concept)
        if reference is None:
            raise NotUsable("it does not say which medication")
        target = reference.text("reference")
        found = self.file.find(target, holder) if target else None
        shown = reference.text("display")
        if found is None and shown and not target:
            return self._agreed(shown, (), (shown,))
        if found is None:
            raise NotUsable(f"it refers to {target[:80] or 'a medication'}, which is not in the file")
        named = self.of_medication(found)
        return self._agreed(named.shown, named.ids, (shown,), named) if shown else named

    def of_medication(self, medication: Element) -> Named:
        """A Medication by its code, or by what it is made of. Raises NotUsable where neither is sure."""
        if medication.kind != "Medication":
            raise NotUsable(f"it refers to {medication.label}, which is no Medication")
        medication.check_known(MEDICATION)
        if medication.text("status") not in ("", "active", "inactive"):
            raise NotUsable(f"its Medication is {medication.text('status')[:40]}")
        code = medication.one("code")
        ingredients = [one for one in medication.all("ingredient") if one.flag("isActive") is not False]
        form = medication.one("form")
        forms = tuple(filter(None, _texts(form))) if form is not None else ()
        if not ingredients:
            if code is None:
                raise NotUsable("its Medication has no code and no name")
            named = self.of_concept(code)
            return named._replace(said=(*named.said, *forms))
        held = [self._ingredient(one, medication) for one in ingredients]
        ids = frozenset[str]().union(*(one.ids for one in held))
        shown = _shown(code) or " + ".join(one.shown for one in held)
        whole = Named(shown, ids=ids) if code is None else self._whole(code, ids)
        if not self.agree(whole.ids, ids):
            raise NotUsable(f"its name says {self._labels(whole.ids)}, and its ingredients {self._labels(ids)}")
        unread = tuple(dict.fromkeys(piece for one in (whole, *held) for piece in one.unread))
        said = (*(name for one in (whole, *held) for name in one.said), *forms)
        return Named(shown, held[0].line, ids, unread, tuple(one.line for one in held if one.line), said)

    def _whole(self, code: Element, ids: frozenset[str]) -> Named:
        """What the name of a Medication says beside its ingredients: a name that is not known may hold more."""
        try:
            return self.of_concept(code)
        except NotNamed:
            names = tuple(dict.fromkeys(filter(None, _texts(code))))
            return Named(_shown(code), ids=ids, unread=names, said=names)

    def _ingredient(self, ingredient: Element, medication: Element) -> Named:
        ingredient.check_known(INGREDIENT)
        concept = ingredient.one("itemCodeableConcept")
        if concept is None:
            found = self.file.find(ingredient.reference("itemReference"), medication)
            concept = found.one("code") if found is not None else None
        if concept is None:
            raise NotUsable("an ingredient of it is not named")
        return self.of_concept(concept)

    def of_concept(self, concept: Element) -> Named:
        """A CodeableConcept: every code that is known and every name in it must mean the same."""
        codings = concept.all("coding")
        ids = {self.codes.get((one.text("system"), one.text("code")), "") for one in codings} - {""}
        return self._agreed(_shown(concept), ids, _texts(concept))

    def _agreed(self, shown: str, coded: Iterable[str], texts: Iterable[str], known: Named | None = None) -> Named:
        """What codes and texts together name. Raises NotUsable where they name different things."""
        ids = self._most_specific(coded)
        line, unread = (known.line, list(known.unread)) if known else ("", [])
        texts = tuple(dict.fromkeys(filter(None, texts)))
        said = (*(known.said if known else ()), *texts)
        for text in dict.fromkeys(RELEASE.sub(" ", text).strip() for text in texts):
            reading = self.reader.read(text)
            if reading.items and not only_taken(reading):
                raise NotUsable("its name says more than a name")
            named = frozenset(item.substance for item in reading.items)
            if not named:
                unread.append(text)
                continue
            if self._most_specific(named) != named:  # "K2 100 mcg MK-7 180 mcg" are two
                raise NotUsable("its name may say one thing twice, or two")
            if ids and not self.agree(ids, named):
                raise NotUsable(f"its codes and names do not agree: {self._labels(ids)}, and {self._labels(named)}")
            ids = self._most_specific((*ids, *named))
            line = line or text
            unread += [piece for piece in reading.hidden if piece not in unread]
        if not ids:
            raise NotNamed("not in our lists" if shown else "it has neither a name nor a code that is known")
        if not line and len(ids) > 1:
            raise NotUsable(f"its codes do not agree: {self._labels(ids)}")
        if not line:
            line = self.vocabulary[next(iter(ids))].label
        return Named(shown or line, line, ids, tuple(unread), known.parts if known else (), said)

    def agree(self, one: frozenset[str], other: frozenset[str]) -> bool:
        """Whether each of both is the same thing as one of the other, or a kind of it."""
        return all(
            any(self.is_kin(mine, theirs) for theirs in right)
            for left, right in ((one, other), (other, one))
            for mine in left
        )

    def is_kin(self, one: str, other: str) -> bool:
        """Whether one of two ids is surely a kind of the other, as MK-7 is of vitamin K2."""
        return one in self.vocabulary.surely(other) or other in self.vocabulary.surely(one)

    def _most_specific(self, ids: Iterable[str]) -> frozenset[str]:
        """Without what another of them is a kind of."""
        found = frozenset(ids)
        return frozenset(
            id for id in found if not any(id != one and id in self.vocabulary.surely(one) for one in found)
        )

    def _labels(self, ids: Iterable[str]) -> str:
        return " and ".join(sorted(self.vocabulary[id].label for id in ids))


def shown_of(holder: Element) -> str:
    """The name of the medication of a resource as far as there is one, whatever its shape: only to be shown."""
    found = []
    for field in ("medicationCodeableConcept", "medicationReference", "medication"):
        table = holder.table.get(field)
        if isinstance(table, Mapping):
            inner = table.get("concept") if isinstance(table.get("concept"), Mapping) else table
            assert isinstance(inner, Mapping)
            codings = inner.get("coding") if isinstance(inner.get("coding"), list) else []
            codings = [one for one in codings or () if isinstance(one, Mapping)]
            found += [inner.get("text"), inner.get("display"), *(one.get("display") for one in codings)]
            found += [f"code {one.get('code')}" for one in codings if isinstance(one.get("code"), str)]
    return next((one.strip() for one in found if isinstance(one, str) and one.strip()), "")


def _texts(concept: Element) -> tuple[str, ...]:
    return (concept.text("text"), *(one.text("display") for one in concept.all("coding")))


def _shown(concept: Element | None) -> str:
    if concept is None:
        return ""
    codings = concept.all("coding")
    displays = [one.text("display") for one in codings]
    codes = [f"code {one.text('code')}" for one in codings if one.text("code")]
    return next(filter(None, (concept.text("text"), *displays, *codes)), "")
