"""What runs beside us: the distributions that the required dependencies pull in, as they are installed here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
REQUIRED: tuple[str, ...] = tuple(PROJECT["project"]["dependencies"])
#: The extras that a person installs; the others are for tests.
EXTRAS: tuple[str, ...] = tuple(
    wanted for name in ("batch", "arrow", "pdf") for wanted in PROJECT["project"]["optional-dependencies"][name]
)


def closure(wanted: Iterable[str]) -> dict[str, Distribution]:
    """The distributions that these requirements need on this machine, by canonical name, each with what it needs."""
    found: dict[str, Distribution] = {}
    left = [(Requirement(text), frozenset({""})) for text in wanted]
    while left:
        requirement, extras = left.pop()
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        if name not in found or requirement.extras:
            found[name] = distribution(requirement.name)
            own = frozenset({"", *requirement.extras})
            left += [(Requirement(text), own) for text in found[name].requires or ()]
    return found


def licence_of(dist: Distribution) -> str:
    """The licence as the distribution states it: an SPDX expression, else its classifiers joined by " | "."""
    stated = dist.metadata.get("License-Expression")
    if stated:
        return stated
    start = "License :: OSI Approved :: "
    named = [text.removeprefix(start) for text in dist.metadata.get_all("Classifier") or () if text.startswith(start)]
    return " | ".join(sorted(named)) or dist.metadata.get("License") or "not stated"
