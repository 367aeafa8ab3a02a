"""A FHIR file → its resources: which Bundles are read, whose resources they are, and what refers to what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dosenote.errors import DosenoteError, nearest
from dosenote.fhir.element import Element, base_of, is_same, tail_of, without_version

#: Bundles that hold resources as they are now; the others are messages between programs, or hold old versions.
_READ = ("collection", "searchset", "document", "transaction", "batch")
#: The fields that say whose a resource is.
_SUBJECTS = ("subject", "patient")


class Resource(NamedTuple):
    """One resource. address: the fullUrl of its entry, or ""."""

    element: Element
    address: str


class File:
    """The resources of a file. left_out: what was there and is no resource, each with the reason."""

    def __init__(self, resources: Iterable[Resource], left_out: Iterable[tuple[str, str]] = ()) -> None:
        self.resources = tuple(resources)
        self.left_out = tuple(left_out)
        self._by_name: dict[str, list[Resource]] = {}
        for resource in self.resources:
            for name in {resource.element.label, resource.address, tail_of(resource.address)} - {""}:
                self._by_name.setdefault(name, []).append(resource)

    def at(self, reference: str) -> list[Element]:
        """Every resource that a reference may mean."""
        near = {id(one): one for name in (reference, tail_of(reference)) for one in self._by_name.get(name, ())}
        return [one.element for one in near.values() if _is_at(one, reference)]

    def find(self, reference: str, holder: Element) -> Element | None:
        """What a reference means: something contained in its holder, or another resource of the file."""
        if reference.startswith("#"):
            inner = [one for one in holder.all("contained") if one.text("id") == reference[1:]]
            return inner[0] if len(inner) == 1 else None
        found = self.at(reference)
        return found[0] if len(found) == 1 else None


def _is_at(resource: Resource, reference: str) -> bool:
    if resource.address and is_same(resource.address, reference):
        return True
    if base_of(resource.address) and base_of(reference):  # both are addresses: of two servers, or of two versions
        return without_version(resource.address) == without_version(reference)
    return "/" in resource.element.label and is_same(resource.element.label, reference)


def file_of(table: Mapping[str, Any], name: str) -> File:
    """The resources of a Bundle, or a single resource.

    Raises DosenoteError with the place for what is malformed, and where the resources are about more than one person.
    """
    kind = table.get("resourceType")
    top = Element(table, kind if isinstance(kind, str) and kind else "the file", name)
    if not top.kind:
        raise top.wrong("resourceType", "the type of the resource is missing")
    if top.kind == "Bundle" and top.text("implicitRules"):
        raise top.wrong("implicitRules", "it says that it may mean something else than what FHIR says")
    try:
        file = _bundle(top) if top.kind == "Bundle" else File([Resource(top, "")])
        _check_subjects(file, name)
    except RecursionError:
        raise DosenoteError("this is nested too deeply", name) from None
    return file


def _bundle(top: Element) -> File:
    kind = top.text("type")
    if kind not in _READ:
        what = f'a Bundle of type "{kind}" is not read.{nearest(kind, _READ)}' if kind else "the type is missing"
        raise DosenoteError(what, f"{top.file}: Bundle.type", f"Known here: {', '.join(_READ)}.")
    found: list[Resource] = []
    left_out: list[tuple[str, str]] = []
    contents: dict[str, str] = {}
    entries = top.all("entry")
    if kind == "searchset" and (top.whole("total") or 0) > sum(map(_is_match, entries)):
        left_out.append(("the rest of the Bundle", "more was found than is in the file"))
    for link in top.all("link"):
        if link.text("relation") == "next":
            left_out.append(("the other pages of the Bundle", "they are not in the file, and may hold anything"))
    for entry in entries:
        request = entry.one("request")
        method = request.text("method") if request else "POST"
        resource = entry.one("resource")
        label = resource.label if resource else entry.text("fullUrl") or entry.path
        if resource is None or method not in ("POST", "PUT"):
            left_out.append((label, "there is no resource in it" if resource is None else f"it is a {method}"))
            continue
        if not resource.kind:
            raise resource.wrong("resourceType", "the type of the resource is missing")
        if kind == "searchset" and resource.kind == "OperationOutcome" and _is_warning(resource):
            left_out.append((label, "the search says that something is wrong, so something may be missing"))
        address = entry.text("fullUrl")
        key = address or (label if resource.text("id") else entry.path)
        content = json.dumps(resource.table, sort_keys=True)
        if key not in contents:
            found.append(Resource(resource, address))
        elif contents[key] != content:
            raise DosenoteError(f"there are two resources {label} that differ", f"{top.file}: {entry.path}")
        contents[key] = content
    return File(found, left_out)


def _is_match(entry: Element) -> bool:
    """Whether a search found it: what is included beside that is not in the total."""
    search = entry.one("search")
    return search is None or search.text("mode") in ("", "match")


def _is_warning(outcome: Element) -> bool:
    return any(issue.text("severity") != "information" for issue in outcome.all("issue"))


def subject_of(resource: Element) -> str | None:
    """Whose a resource is, as it refers to them; None where it does not say."""
    for field in _SUBJECTS:
        if isinstance(resource.table.get(field), Mapping) and resource.reference(field):
            reference = resource.reference(field)
            if reference.startswith("#"):
                inner = [one.table for one in resource.all("contained") if one.text("id") == reference[1:]]
                return json.dumps(inner, sort_keys=True)
            return reference
    return None


def is_person(file: File, subject: str) -> bool:
    """Whether a subject is a person, as far as it says: a group, a device or a place is none."""
    kind = next((one.kind for one in file.at(subject)), "")
    return (kind or tail_of(subject).partition("/")[0]) not in ("Group", "Device", "Location", "Substance")


def _check_subjects(file: File, name: str) -> None:
    """Raises DosenoteError unless all resources are about one person."""
    people = [one for one in file.resources if one.element.kind == "Patient"]
    if len(people) > 1:
        raise DosenoteError("there are two Patients in it", f"{name}: {people[1].element.path}", _HINT)
    known: str | None = None
    for resource in file.resources:
        subject = subject_of(resource.element)
        if subject is None or any(_is_at(one, subject) for one in people) or not is_person(file, subject):
            continue
        place = f"{name}: {resource.element.path}"
        shown = tail_of(subject)[:80]
        if people:
            raise DosenoteError(f"it is about {shown}, and not about the Patient in the file", place, _HINT)
        if known is not None and not is_same(known, subject):
            raise DosenoteError(f"it is about two people, {tail_of(known)[:80]} and {shown}", place, _HINT)
        known = max(known or "", subject, key=len)


_HINT = "Give one file for each person."
