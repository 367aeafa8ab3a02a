"""What is installed from a wheel is what is in the checkout: the rules are inside, and the answer is the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

import audit
from conftest import ROOT
from dependencies import REQUIRED, closure
from dosenote import __version__
from dosenote.ruleset import load

CHECK = [
    "check",
    "Vitamin D3 5000 IU daily",
    "K2 MK-7 100 mcg daily",
    "warfarin",
    "--age",
    "67",
    "--format",
    "json",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(tmp_path_factory.mktemp("wheel"))


def _built(folder: Path) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_rules_and_nothing_else(wheel: Path) -> None:
    """Every rule file is inside the package; no tests, no caches, no strays."""
    names = zipfile.ZipFile(wheel).namelist()
    rules = {name.removeprefix("dosenote/rules/") for name in names if name.startswith("dosenote/rules/")}
    here = {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*") if path.is_file()}
    assert rules == {name for name in here if "__pycache__" not in name}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"dosenote"}


def test_the_wheel_holds_the_templates(wheel: Path) -> None:
    """What is no Python but belongs to the package comes along."""
    names = zipfile.ZipFile(wheel).namelist()
    folder = ROOT / "src" / "dosenote" / "site" / "templates"
    assert {f"dosenote/site/templates/{path.name}" for path in folder.iterdir()} <= set(names)


def test_the_wheel_holds_the_manual_page(wheel: Path) -> None:
    """Where `man dosenote` finds it after an install."""
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".data/data/share/man/man1/dosenote.1"))
    assert archive.read(name) == (ROOT / "man" / "dosenote.1").read_bytes()


def test_an_installed_wheel_gives_the_same_answer(wheel: Path, tmp_path: Path) -> None:
    """A new environment, another folder: the same report, the same rules, the same digest."""
    python = _installed(wheel, tmp_path / "venv")
    env = {**os.environ, **audit.variables()}  # not the source folder, which the tests may have been given
    code = "import dosenote.ruleset as r, dosenote.rulefiles as f; s = r.load(); print(len(s.rules), s.digest, f.rules_folder())"
    count, digest, folder = subprocess.check_output([python, "-c", code], cwd=tmp_path, text=True, env=env).split()
    ours = load()
    assert (int(count), digest) == (len(ours.rules), ours.digest)
    assert str(ROOT) not in folder
    there = subprocess.run(
        [tmp_path / "venv" / "bin" / "dosenote", *CHECK], cwd=tmp_path, capture_output=True, check=False, env=env
    )
    here = subprocess.run([sys.executable, "-m", "dosenote", *CHECK], capture_output=True, check=False)
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert there.returncode == here.returncode == 1
    subprocess.run(
        [tmp_path / "venv" / "bin" / "dosenote", "rules", "site", "-o", "site"], cwd=tmp_path, check=True, env=env
    )
    assert (tmp_path / "site" / "rules" / "mk-7-with-vitamin-k-antagonist.html").is_file()


def _installed(wheel: Path, folder: Path) -> Path:
    """The Python of a new environment with the wheel and what it requires, nothing else; no index is asked.

    What it requires is linked from the environment of the tests.
    """
    venv.create(folder, with_pip=False)  # it would be put there by a Python that nobody watches
    python = folder / "bin" / "python"
    packages = next(folder.glob("lib/python*/site-packages"))
    for dist in closure(REQUIRED).values():
        for top in {path.parts[0] for path in dist.files or () if path.parts[0] not in ("..", "__pycache__")}:
            (packages / top).symlink_to(dist.locate_file(top))
    env = {**os.environ, audit.LOOPBACK: ""}  # pip asks its own computer whether it knows IPv6
    pip = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    subprocess.run([*pip, "install", "--no-index", str(wheel)], check=True, env=env)
    subprocess.run([*pip, "check"], check=True, env=env)
    return python


def _sbom(wheel: Path) -> dict[str, Any]:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if ".dist-info/sboms/" in name]
    assert name.endswith(".cdx.json")
    found = json.loads(archive.read(name))
    assert isinstance(found, dict)
    return found


def test_the_wheel_lists_its_parts(wheel: Path) -> None:
    """CycloneDX in .dist-info/sboms (PEP 770): the tool, what it requires as its metadata say, and the rules."""
    sbom = _sbom(wheel)
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    metadata = zipfile.ZipFile(wheel).read(f"dosenote-{__version__}.dist-info/METADATA").decode()
    required = {line.removeprefix("Requires-Dist: ") for line in metadata.splitlines() if "Requires-Dist" in line}
    libraries = [part for part in sbom["components"] if part["type"] == "library"]
    said = {part["properties"][0]["value"] for part in libraries}
    assert said == {text for text in required if "extra ==" not in text} == set(REQUIRED)
    assert all(part["purl"] == f"pkg:pypi/{part['name']}" and "version" not in part for part in libraries)
    assert all(part["licenses"] for part in libraries)
    own = sbom["metadata"]["component"]
    assert (own["name"], own["version"], own["purl"]) == ("dosenote", __version__, f"pkg:pypi/dosenote@{__version__}")
    (depends,) = sbom["dependencies"]
    assert depends == {"ref": own["bom-ref"], "dependsOn": [part["bom-ref"] for part in sbom["components"]]}


def test_the_list_of_parts_names_the_rules_by_their_digest(wheel: Path) -> None:
    """Version and SHA-256 are those that `dosenote --version` prints."""
    ours = load()
    (rules,) = [part for part in _sbom(wheel)["components"] if part["type"] == "data"]
    assert rules["version"] == ours.version
    assert rules["hashes"] == [{"alg": "SHA-256", "content": ours.digest}]


def test_the_same_sources_give_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Byte for byte: no time, no random number, no name of a folder."""
    assert _built(tmp_path).read_bytes() == wheel.read_bytes()
