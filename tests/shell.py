"""Command lines as a person pastes them into a shell: in a folder of their own, with an empty home."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import audit
from conftest import ROOT
from test_products_import import DSII, DSPI, LABEL

#: What the documentation calls by name, and what stands in it.
FILES = {
    "mine.toml": (
        'items = ["Vitamin D3 5000 IU daily with breakfast", "K2 MK-7 100 mcg daily"]\n'
        'medicines = ["warfarin 5 mg"]\nno_other_medicines = true\n\n[person]\nage = 67\nsex = "female"\n'
    ),
    "march.toml": 'items = ["Vitamin D3 1000 IU daily"]\nmedicines = ["warfarin 5 mg"]\n\n[person]\nage = 67\n',
    "list.txt": "Vitamin D3 5000 IU daily\nK2 MK-7 100 mcg daily\nwarfarin\nage 67\n",
    "survey.csv": "id,item,age\n1,Vitamin D3 5000 IU daily,67\n1,warfarin 5 mg daily,67\n2,calcium 600 mg twice a day,45\n",
    "people.jsonl": '{"id": "1", "items": ["Vitamin D3 5000 IU daily"], "medicines": ["warfarin"]}\n',
    "pills.csv": "respondent,pills\n1,Vitamin D3 5000 IU daily; warfarin\n2,calcium 600 mg twice a day\n",
    "people.txt": "Vitamin D3 5000 IU daily; warfarin; age 67\ncalcium 600 mg daily\n",
    "labels.json": json.dumps([LABEL]),
}


class Shell:
    """sh in a folder, with `dosenote` on its path, nothing at home, and a screen of so many columns."""

    def __init__(self, folder: Path, columns: int = 80) -> None:
        self.folder = folder / "here"
        home, programs = folder / "home", folder / "bin"
        for each in (self.folder, home, programs):
            each.mkdir()
        ours = programs / "dosenote"
        ours.write_text(f'#!{sys.executable}\nfrom dosenote.cli import run\n\nif __name__ == "__main__":\n    run()\n')
        ours.chmod(0o755)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DOSENOTE_")},
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            **audit.variables(ROOT / "src"),
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "COLUMNS": str(columns),
            "NO_COLOR": "1",
        }

    def make(self, rules: Iterable[str] = ()) -> None:
        """Every file of FILES, the tables of a survey, and copies of our rules under these names."""
        for name, text in FILES.items():
            (self.folder / name).write_text(text, "utf-8")
        (self.folder / "people.jsonl.gz").write_bytes(gzip.compress(FILES["people.jsonl"].encode()))
        (self.folder / "DSPI.csv").write_bytes(DSPI)
        (self.folder / "DSII.csv").write_bytes(DSII)
        for name in rules:
            shutil.copytree(ROOT / "rules", self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """What a command line prints, and how it ends; both outputs as one."""
        return subprocess.run(
            ["sh", "-c", line], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
        )  # fmt: skip
