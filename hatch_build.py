"""Builds the list of what is in the wheel (CycloneDX 1.6) into its .dist-info/sboms/, as PEP 770 has it.

The same sources give the same bytes: no serial number, no time. Versions of the dependencies are not invented: they are
chosen where the wheel is installed, and the range that we ask for stands as a property.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NAME = "dosenote.cdx.json"


class SbomHook(BuildHookInterface):
    """Puts the list of parts into a wheel while it is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the list, and name it to hatchling."""
        self._folder = TemporaryDirectory(prefix="dosenote-sbom-")
        path = Path(self._folder.name) / NAME
        path.write_text(json.dumps(self._sbom(), indent=2) + "\n", "utf-8")
        build_data["sbom_files"].append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the written list away again: it is in the wheel."""
        self._folder.cleanup()

    def _sbom(self) -> dict[str, Any]:
        core = self.metadata.core
        own = f"pkg:pypi/{core.name}@{self.metadata.version}"
        libraries = [self._library(Requirement(text)) for text in sorted(core.dependencies)]
        parts = [self._rules(), *libraries]
        return {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {
                    "type": "application",
                    "bom-ref": own,
                    "name": core.name,
                    "version": self.metadata.version,
                    "description": core.description,
                    "licenses": _licences(core.license_expression),
                    "purl": own,
                }
            },
            "components": parts,
            "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}],
            # What the extras ask for, and what the dependencies depend on, is not listed.
            "compositions": [{"aggregate": "incomplete", "dependencies": [own]}],
        }

    def _library(self, wanted: Requirement) -> dict[str, Any]:
        name = canonicalize_name(wanted.name)
        licences: dict[str, str] = self.config["licences"]
        if name not in licences:
            raise ValueError(f"pyproject.toml: {name} is a dependency, and its licence is not said (hooks.custom)")
        return {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}",
            "name": name,
            "licenses": _licences(licences[name]),
            "purl": f"pkg:pypi/{name}",
            "properties": [{"name": "dosenote:requirement", "value": str(wanted)}],
        }

    def _rules(self) -> dict[str, Any]:
        sys.path.insert(0, str(Path(self.root) / "src"))
        try:
            from dosenote.rulefiles import Files  # needs nothing that is not in the standard library
        finally:
            del sys.path[0]
        files = Files.read(Path(self.root) / "rules")
        return {
            "type": "data",
            "bom-ref": "dosenote-rules",
            "name": "dosenote-rules",
            "version": tomllib.loads(files.text("ruleset.toml"))["version"],
            "description": "The rule set. The hash is over the names and bytes of its files: dosenote rules verify.",
            "hashes": [{"alg": "SHA-256", "content": files.digest}],
        }


def _licences(expression: str) -> list[dict[str, Any]]:
    return [{"expression": expression}] if " " in expression else [{"license": {"id": expression}}]
