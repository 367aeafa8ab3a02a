"""What became of the mutants of the last `mutmut run`: "module killed total percent", a line a module.

Ends with 1 when fewer than 95 of 100 were noticed in some module. With --survivors, each mutant that no test noticed
follows, with the lines that it changes. Which of them are no gap in the tests is argued in tests/MUTANTS.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

ENOUGH = 0.95
#: A test failed, or the run of the tests did not end.
NOTICED = ("killed", "timeout", "segfault")


def main(with_survivors: bool) -> int:
    worst = 1.0
    survivors: list[str] = []
    for meta in sorted(Path("mutants/src/dosenote").rglob("*.meta")):
        path = meta.relative_to("mutants").with_suffix("")
        data = SourceFileMutationData(path=path)
        data.load()
        states = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}
        if not states or "not checked" in states.values():
            continue
        missed = [name for name, state in states.items() if state not in NOTICED]
        share = 1 - len(missed) / len(states)
        worst = min(worst, share)
        survivors += missed
        module = path.relative_to("src/dosenote").with_suffix("").as_posix()
        click.echo(f"{module} {len(states) - len(missed)} {len(states)} {share:.1%}")
    for name in survivors if with_survivors else ():
        diff = get_diff_for_mutant(name).splitlines()
        changed = (line for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---"))
        click.echo("\n".join(("", name, *changed)))
    return 0 if worst >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main("--survivors" in sys.argv[1:]))
