"""What is installed from a wheel is what is in the checkout: the rules are inside, and the answer is the same."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT
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
    folder = tmp_path_factory.mktemp("wheel")
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


def test_an_installed_wheel_gives_the_same_answer(wheel: Path, tmp_path: Path) -> None:
    """A new environment, another folder: the same report, the same rules, the same digest."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], check=True)
    code = "import dosenote.ruleset as r, dosenote.rulefiles as f; s = r.load(); print(len(s.rules), s.digest, f.rules_folder())"
    count, digest, folder = subprocess.check_output([python, "-c", code], cwd=tmp_path, text=True).split()
    ours = load()
    assert (int(count), digest) == (len(ours.rules), ours.digest)
    assert str(ROOT) not in folder
    there = subprocess.run(
        [tmp_path / "venv" / "bin" / "dosenote", *CHECK], cwd=tmp_path, capture_output=True, check=False
    )
    here = subprocess.run([sys.executable, "-m", "dosenote", *CHECK], capture_output=True, check=False)
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert there.returncode == here.returncode == 1
    subprocess.run([tmp_path / "venv" / "bin" / "dosenote", "rules", "site", "-o", "site"], cwd=tmp_path, check=True)
    assert (tmp_path / "site" / "rules" / "mk-7-with-vitamin-k-antagonist.html").is_file()
