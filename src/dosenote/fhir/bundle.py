"""A FHIR file → its resources: which Bundles are read, whose resources they are, and what refers to what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from dosenote.errors import DosenoteError, nearest
from dosenote.fhir.element import Element, is_same, tail_of

#: Bundles that hold resources as they are now; the others are messages between programs, or hold old versions.
_READ = ("collection", "searchset", "document", "transaction", "batch")
#: The fields that say whose a resource is.
_SUBJECTS = ("subject", "patient")


class Resource(NamedTuple):
    """One resource. address: the fullUrl of its entry, or ""."""

    element: Element
    address: str


class File(NamedTuple):
    """The resources of a file. left_out: what was there and is no resource, each with the reason."""

    resources: tuple[Resource, ...]
    left_out: tuple[tuple[str, str], ...]

    def find(self, reference: str, holder: Element) -> Element | None:
        """What a reference means: something contained in its holder, or another resource of the file."""
        if reference.startswith("#"):
            inner = [one for one in holder.all("contained") if one.text("id") == reference[1:]]
            return inner[0] if len(inner) == 1 else None
        found = [one.element for one in self.resources if _is_at(one, reference)]
        return found[0] if len(found) == 1 else None


def _is_at(resource: Resource, reference: str) -> bool:
    if resource.address and is_same(resource.address, reference):
        return True
    return "/" in resource.element.label and is_same(resource.element.label, reference)


def file_of(table: Mapping[str, Any], name: str) -> File:
    """The resources of a Bundle, or a single resource.

    Raises DosenoteError with the place for what is malformed, and where the resources are about more than one person.
    """
    top = Element(table, str(table.get("resourceType", "")) or "the file", name)
    if not top.kind:
        raise top.wrong("resourceType", "the type of the resource is missing")
    if top.kind == "Bundle" and top.text("implicitRules"):
        raise top.wrong("implicitRules", "it says that it may mean something else than what FHIR says")
    file = _bundle(top) if top.kind == "Bundle" else File((Resource(top, ""),), ())
    _check_subjects(file, name)
    return file


def _bundle(top: Element) -> File:
    kind = top.text("type")
    if kind not in _READ:
        what = f'a Bundle of type "{kind}" is not read.{nearest(kind, _READ)}' if kind else "the type is missing"
        raise DosenoteError(what, f"{top.file}: Bundle.type", f"Known here: {', '.join(_READ)}.")
    found: list[Resource] = []
    left_out: list[tuple[str, str]] = []
    contents: dict[str, str] = {}
    for link in top.all("link"):
        if link.text("relation") == "next":
            left_out.append(("the other pages of the Bundle", "they are not in the file, and may hold anything"))
    for entry in top.all("entry"):
        request = entry.one("request")
        method = request.text("method") if request else "POST"
        resource = entry.one("resource")
        label = resource.label if resource else entry.text("fullUrl") or entry.path
        if resource is None or method not in ("POST", "PUT"):
            left_out.append((label, "there is no resource in it" if resource is None else f"it is a {method}"))
            continue
        if not resource.kind:
            raise resource.wrong("resourceType", "the type of the resource is missing")
        address = entry.text("fullUrl")
        key = address or (label if resource.text("id") else entry.path)
        content = json.dumps(resource.table, sort_keys=True)
        if key not in contents:
            found.append(Resource(resource, address))
        elif contents[key] != content:
            raise DosenoteError(f"there are two resources {label} that differ", f"{top.file}: {entry.path}")
        contents[key] = content
    return File(tuple(found), tuple(left_out))


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


def _check_subjects(file: File, name: str) -> None:
    """Raises DosenoteError unless all resources are about one person."""
    people = [one for one in file.resources if one.element.kind == "Patient"]
    if len(people) > 1:
        raise DosenoteError("there are two Patients in it", f"{name}: {people[1].element.path}", _HINT)
    known: str | None = None
    for resource in file.resources:
        subject = subject_of(resource.element)
        if subject is None or any(_is_at(one, subject) for one in people):
            continue
        place = f"{name}: {resource.element.path}"
        shown = tail_of(subject)[:80]
        if people:
            raise DosenoteError(f"it is about {shown}, and not about the Patient in the file", place, _HINT)
        if known is not None and not is_same(known, subject):
            raise DosenoteError(f"it is about two people, {tail_of(known)[:80]} and {shown}", place, _HINT)
        known = max(known or "", subject, key=len)


_HINT = "Give one file for each person."
