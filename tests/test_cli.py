"""The commands as a person runs them: exit codes, pipes, narrow terminals, nonsense and Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from dosenote.rulefiles import FOLDERS

BASE = [sys.executable, "-m", "dosenote"]
MARTA = ["check", "Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "warfarin", "--age", "67"]
CLEAR = [
    "check",
    "magnesium 100 mg daily",
    "--age",
    "40",
    "--no-other-medicines",
    "--no-conditions",
    "--no-other-foods",
]


def dosenote(
    *words: str, stdin: str | bytes = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it with an empty home and 80 columns."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    variables = {**os.environ, "COLUMNS": "80", "HOME": "/nonexistent", **(env or {})}
    done = subprocess.run([*BASE, *words], input=given, capture_output=True, timeout=60, env=variables, check=False)
    return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_the_person_on_warfarin_is_told(tmp_path: Path) -> None:
    """67, warfarin, "D3 + K2": call first, the INR clinic, the limit, the sources, the questions, the disclaimer."""
    done = dosenote(*MARTA)
    assert (done.returncode, done.stderr) == (1, "")
    for words in ("CALL FIRST", "INR", "warfarin", "4,000 IU (100 mcg)", "5,000 IU (125 mcg)", "SOURCES", "COULD NOT TELL",
                  "not advice", "NEXT:", "Not covered", "https://doi.org/10.1111/jth.12203"):  # fmt: skip
        assert words in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    "words, expected",
    [
        (MARTA, 1),
        (CLEAR, 0),
        (["check", "vitamin D3 1000 IU daily", "--age", "40"], 3),
        (["check", "OsteoMax 1 daily", "--no-other-medicines", "--no-conditions", "--no-other-foods"], 3),
        (["check", "vitamin D3 5000 IU (9 mcg) daily", "--age", "40"], 3),
        ([*MARTA, "--fail-on", "good-to-know"], 1),
        (["check", "vitamin D3 3000 IU daily", "--age", "40", "--fail-on", "ask-soon"], 3),
        (["check", "vitamin D3 3000 IU daily", "--age", "40", "--fail-on", "mention"], 1),
        (["check"], 2),
        (["check", "x", "-f", "y"], 2),
        (["check", "-f", "/nonexistent.toml"], 2),
        (["check", "D3 1000 IU daily", "--age", "67", "age 40"], 2),
        (["check", "D3 1000 IU daily", "--age", "minus"], 2),
        (["nonsense"], 2),
        (["check", "x", "--rules", "/tmp"], 2),
        (["rules", "show", "mk-7"], 2),
        (["rules", "list"], 0),
        (["--version"], 0),
        ([], 2),  # without a terminal nobody can answer
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else str(value),
)
def test_exit_codes(words: list[str], expected: int) -> None:
    """0 clear and decided, 1 raised, 2 an error, 3 something open; an error is a sentence, not a traceback."""
    done = dosenote(*words)
    assert expected == done.returncode
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == (expected == 2)


def test_json_and_text_agree() -> None:
    """The two formats print one report."""
    report = json.loads(dosenote(*MARTA, "--format", "json").stdout)
    text = " ".join(dosenote(*MARTA).stdout.split())
    assert report["schema"] == "dosenote.report/1"
    assert report["advisories"][0]["rule"] == "mk-7-with-vitamin-k-antagonist"
    assert all(" ".join(advisory["summary"].split()) in text for advisory in report["advisories"])
    assert len(report["undecided"]) == report["counts"]["undecided"]


def test_both_units_give_the_same_bytes() -> None:
    """4,000 IU and 100 mcg differ in the entered text only."""
    one = dosenote("check", "vitamin D3 4000 IU daily", "--age", "40", "--explain").stdout
    two = dosenote("check", "vitamin D3 100 mcg daily", "--age", "40", "--explain").stdout
    assert one.replace("vitamin D3 4000 IU daily", "X") == two.replace("vitamin D3 100 mcg daily", "X")


def test_the_jurisdiction_selects_and_is_shown() -> None:
    """The limits of one authority at a time, visibly."""
    us, eu = dosenote(*MARTA).stdout, dosenote(*MARTA, "--jurisdiction", "eu").stdout
    assert "US upper limit" in us
    assert "EU upper limit" in eu
    assert "values for EU" in eu
    assert "vitamin-d-above-us-upper-limit" not in eu


def test_explain_shows_every_rule_and_why() -> None:
    """Raised, not raised, cannot tell: each with its rows and values."""
    report = json.loads(dosenote(*MARTA, "--explain", "--format", "json").stdout)
    counts = report["counts"]
    assert len(report["trace"]) == counts["raised"] + counts["superseded"] + counts["not_raised"] + counts["undecided"]
    text = dosenote(*MARTA, "--explain").stdout
    assert "EVERY RULE, AND WHY" in text
    assert "mk-7-with-vitamin-k-antagonist: raised" in text


def test_items_come_from_arguments_files_and_pipes(tmp_path: Path) -> None:
    """The same regimen as LINEs, as one LINE with semicolons, as plain lines, TOML and JSON."""
    items = ["vitamin D3 5000 IU daily", "MK-7 100 mcg daily", "warfarin"]
    toml = tmp_path / "me.toml"
    toml.write_text(f"items = {json.dumps(items)}\n[person]\nage = 67\n", "utf-8")
    as_json = json.dumps({"items": items, "person": {"age": 67}})
    ways = [
        dosenote("check", *items, "--age", "67", "--format", "json"),
        dosenote("check", "; ".join(items), "--age", "67", "--format", "json"),
        dosenote("check", "-f", str(toml), "--format", "json"),
        dosenote("check", "-f", "-", "--format", "json", stdin=as_json),
        dosenote("check", "-f", "-", "--age", "67", "--format", "json", stdin="\n".join(items)),
    ]
    assert len({way.stdout for way in ways}) == 1
    assert {way.returncode for way in ways} == {1}


def test_an_item_too_long_for_a_name_of_a_file_is_read(tmp_path: Path) -> None:
    """A pasted list in one argument holds "2.5 mg daily", which looks like the ending of a name."""
    done = dosenote("check", "vitamin D3 1000 IU daily; " * 20 + "warfarin 2.5 mg daily")
    assert "warfarin, 2.5 mg, once a day" in " ".join(done.stdout.split())


def test_a_line_that_names_a_file_is_that_file(tmp_path: Path) -> None:
    """A forgotten -f would check the words "regimen.txt" and find nothing; with other items beside it is refused."""
    path = tmp_path / "regimen.txt"
    path.write_text("warfarin\nMK-7 100 mcg daily\n", "utf-8")
    by_option = dosenote("check", "-f", str(path))
    assert by_option.returncode == 1
    for word in (str(path), "-"):
        done = dosenote("check", word, stdin=path.read_text("utf-8"))
        assert (done.returncode, done.stdout) == (1, by_option.stdout)
        mixed = dosenote("check", word, "calcium 600 mg daily", stdin=path.read_text("utf-8"))
        assert mixed.returncode == 2
        assert "is a file, and no item" in " ".join(mixed.stderr.split())
    missing = dosenote("check", str(tmp_path / "patient.json"))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "there is no such file" in missing.stderr


def test_what_an_option_names_and_nobody_knows_is_shown() -> None:
    """A condition that is not recognised is listed, never dropped."""
    done = dosenote(
        "check",
        "vitamin D3 1000 IU daily",
        "--condition",
        "dropsy of the moon",
        "--no-conditions",
        "--no-other-medicines",
    )
    assert "dropsy of the moon" in done.stdout
    assert done.returncode == 3


def test_options_about_the_person_count() -> None:
    """--condition and --lab say what a line would say."""
    done = dosenote(
        "check",
        "vitamin D3 1000 IU daily",
        "--condition",
        "kidney stones",
        "--lab",
        "25-OH-D 40 ng/mL",
        "--sex",
        "female",
    )
    assert "Vitamin D with kidney stones" in done.stdout
    assert "40 ng/mL" in done.stdout
    assert "female" in done.stdout


@pytest.mark.parametrize("width", ["40", "24"])
def test_a_narrow_terminal(width: str) -> None:
    """Stacked lines, no ribbon; only links are longer."""
    for line in dosenote(*MARTA, env={"COLUMNS": width}).stdout.splitlines():
        assert len(line) <= int(width) or len(line.split()) == 1


def test_no_colour_off_a_terminal_and_with_no_color() -> None:
    """Escape codes appear on a terminal or when asked for, and never against NO_COLOR."""
    assert "\x1b" not in dosenote(*MARTA).stdout
    assert "\x1b[1m" in dosenote(*MARTA, "--color").stdout
    assert b"\x1b[1m" in _on_a_terminal(MARTA, {})
    assert b"\x1b[" not in _on_a_terminal(MARTA, {"NO_COLOR": "1"})
    assert b"\x1b[" not in _on_a_terminal([*MARTA, "--no-color"], {})
    assert b"\x1b[" not in _on_a_terminal(MARTA, {"TERM": "dumb"})


def _on_a_terminal(words: list[str], env: dict[str, str]) -> bytes:
    leader, follower = pty.openpty()
    variables = {
        "TERM": "xterm",
        **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "TERM")},
        **env,
    }
    process = subprocess.Popen([*BASE, *words], stdin=follower, stdout=follower, stderr=follower, env=variables)
    os.close(follower)
    seen = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:
            break
        if not part:
            break
        seen += part
    process.wait(timeout=30)
    os.close(leader)
    return seen


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_that_is_not_utf_8(encoding: str) -> None:
    """A name that the console cannot print does not stop the check."""
    done = subprocess.run(
        [*BASE, "check", "Витамин D3 \u2265 5000 IU daily", "warfarin"],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode in (1, 3)
    assert b"Traceback" not in done.stderr
    assert b"?" in done.stdout


def test_a_closed_pipe_is_quiet() -> None:
    """`dosenote check ... | head -1` leaves no traceback."""
    command = f"{sys.executable} -m dosenote check 'vitamin D3 5000 IU daily' warfarin --explain | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.stdout.decode().startswith("WHAT YOU ENTERED")
    assert done.stderr == b""


def test_ctrl_c_ends_with_130() -> None:
    """An interrupted run says nothing more than a new line."""
    process = subprocess.Popen(
        [*BASE, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in errors


@pytest.mark.parametrize("line", ["<script>alert(1)</script>", "\x1b[2J", "'; DROP TABLE", "\u202eIU 5000", "0", "D3 -5 mg daily", "D3 1e308 IU daily",
                                  "D3 nan IU daily", "D3 99999999999999999999999 IU daily", "🙂" * 50, "a" * 5000, "D3 0 IU daily"])  # fmt: skip
def test_nonsense_is_answered_and_never_looks_clean(line: str) -> None:
    """Whatever is typed: a report, an exit code above 0, no traceback and no control character."""
    done = dosenote("check", line, "--no-other-medicines", "--no-conditions", "--no-other-foods")
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", done.stdout)


def test_read_prints_one_object_a_line() -> None:
    """In the order of the lines, with the outcome and everything understood."""
    lines = ["vitamin D3 5000 IU daily", "D3 4000", "kidney stones"]
    found = [
        json.loads(line) for line in dosenote("read", "--format", "json", stdin="\n".join(lines)).stdout.splitlines()
    ]
    assert [one["text"] for one in found] == lines
    assert [one["outcome"] for one in found] == ["accept", "ask", "ignore"]
    assert found[0]["items"][0]["amount"] == {"low": 5000.0, "high": 5000.0, "unit": "IU"}
    assert found[1]["missing"] == ["unit", "frequency"]
    assert "schedule" not in found[1]["items"][0]


def test_read_tells_everything_of_an_item() -> None:
    """Both units, the form, the salt, food, steps, seasons, for how long; and that it is not sure that it is taken."""
    lines = [
        "vitamin D3 25 mcg (1000 IU) 1 tablet daily with food", "calcium citrate 200 mg elemental daily",
        "prednisone 10 mg daily for 5 days, then 5 mg daily", "D3 2000 IU in winter, 1000 IU in summer",
        "warfarin 5 mg daily; stopped warfarin", "calcium 500 mg as needed, max 3 a day",
    ]  # fmt: skip
    told = dosenote("read", "--format", "json", stdin="\n".join(lines)).stdout.splitlines()
    both, salt, steps, seasons, doubtful, needed = (json.loads(line)["items"] for line in told)
    assert (both[0]["amount"]["unit"], both[0]["also"]["unit"]) == ("mcg", "IU")
    assert (both[0]["form"], both[0]["with_food"]) == ("tablet", True)
    assert salt[0]["salt"] == "citrate"
    assert [(step["phase"], step.get("duration_days")) for step in steps] == [(1, 5), (2, None)]
    assert [step["season"] for step in seasons] == ["winter", "summer"]
    assert doubtful[0]["is_taken"] is None
    assert "is_taken" not in needed[0]
    assert needed[0]["schedule"]["times"] == {"low": 0, "high": None}
    assert needed[0]["schedule"]["max_per_day"] == 1500


def test_read_says_how_in_words() -> None:
    """What was assumed, what is missing, what may be meant, and why."""
    lines = ["Adcal-D3 caplets 2 daily", "warfrain 5 mg daily", "BP 120/80", "D3 4000"]
    told = dosenote("read", stdin="\n".join(lines)).stdout
    assert "read as: Adcal-D3 Caplets (UK): 1 caplet holds 300 mg calcium, 200 IU vitamin D3" in " ".join(told.split())
    assert "did you mean: warfarin" in told
    assert "because: " in told
    assert "missing: unit, frequency" in told


def test_bad_bytes_are_named() -> None:
    """Input that is not UTF-8 is refused with its place."""
    done = dosenote("check", "-f", "-", stdin=b"vitamin D3 5000 IU \xff daily")
    assert done.returncode == 2
    assert "not UTF-8" in done.stderr


@pytest.mark.parametrize("name", ["report", "reading", "regimen"])
def test_schemas_are_printed(name: str) -> None:
    """Each schema is a JSON Schema of an object."""
    schema = json.loads(dosenote("schema", name).stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["type"] == "object"


def test_rules_can_be_read_without_opening_a_file() -> None:
    """list names them all; show prints conditions, evidence on both sides and examples."""
    listed = dosenote("rules", "list").stdout.splitlines()
    assert len(listed) == sum(1 for folder in FOLDERS for _ in (ROOT / "rules" / folder).glob("*.toml"))
    shown = dosenote("rules", "show", "mk-7-with-vitamin-k-antagonist").stdout
    for words in (
        "RAISED WHEN",
        "medicines include any vitamin-k-antagonist",
        "EVIDENCE",
        "For:",
        "EXAMPLES",
        "cannot-tell:",
    ):
        assert words in shown


def test_an_unknown_rule_is_answered_with_the_nearest() -> None:
    """The message says what to do."""
    done = dosenote("rules", "show", "mk-7-with-vitamin-k-antagonists")
    assert "Did you mean mk-7-with-vitamin-k-antagonist?" in done.stderr


def test_rules_test_and_facts() -> None:
    """The examples of one rule, and the list of facts."""
    assert " passed, 0 failed" in dosenote("rules", "test", "mk-7-with-vitamin-k-antagonist").stdout
    assert "vitamin_d.daily" in dosenote("rules", "facts").stdout


@pytest.mark.parametrize(
    "line", ["D3 5000 IU q0d", f"D3 {'9' * 40} IU daily", f"INR {'9' * 40}", "D3 5000 IU daily " * 4000, "zzz " * 20000]
)
def test_numbers_and_lines_without_end(line: str) -> None:
    """Too many figures and lines that nobody wrote are answered at once."""
    done = dosenote("check", "-f", "-", stdin=line)
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words", [["check", "D3", "--age", "nan"], ["check", "-f", "/dev/zero"], ["check", "-f", "/tmp"]]
)
def test_what_cannot_be_read_is_an_error(words: list[str]) -> None:
    """No traceback, and never the exit code of a finding."""
    done = dosenote(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_error_cannot_steer_the_terminal() -> None:
    """A key of a file is shown with its control characters made visible."""
    done = dosenote("check", "-f", "-", stdin='{"\\u001b]0;pwn\\u0007items": []}')
    assert done.returncode == 2
    assert "\x1b" not in done.stderr


def test_a_full_disk_is_an_error() -> None:
    """What cannot be written is not reported as a finding."""
    command = f"{sys.executable} -m dosenote check 'vitamin D3 5000 IU daily' > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


@pytest.mark.parametrize("words", [["check", ""], ["check", "-f", "-"]])
def test_nothing_entered_is_an_error(words: list[str]) -> None:
    """An empty list is no regimen without findings."""
    done = dosenote(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing was entered" in done.stderr


def test_nothing_is_written(tmp_path: Path) -> None:
    """A check leaves nothing behind, in the folder or in the home."""
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    subprocess.run(
        [*BASE, *MARTA],
        cwd=here,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert list(home.rglob("*")) == []
    assert list(here.rglob("*")) == []


# --- at a terminal


def _at_a_terminal(folder: Path, command: str) -> Any:
    pexpect = pytest.importorskip("pexpect")
    line = command.replace("dosenote", f"{sys.executable} -m dosenote")
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TERM": "dumb"}
    return pexpect.spawn(
        "sh",
        ["-c", line],
        cwd=str(folder),
        env=variables,
        encoding="utf-8",
        timeout=30,
        echo=False,
        dimensions=(50, 80),
    )


def test_read_answers_each_line_as_it_is_typed(tmp_path: Path) -> None:
    """And says how to end."""
    child = _at_a_terminal(tmp_path, "dosenote read")
    child.expect("Type one item a line; end with Ctrl-D.")
    child.sendline("warfarin 5 mg daily")
    child.expect("= warfarin")
    child.sendline("kidney stones")
    child.expect("kidney stones")
    child.sendeof()
    child.wait()
    assert child.exitstatus == 0


def test_read_shows_how_far_it_is_where_the_answers_go_to_a_file(tmp_path: Path) -> None:
    """None of that is in the file."""
    (tmp_path / "lines.txt").write_text("warfarin 5 mg daily\nkidney stones\n" * 400, "utf-8")
    child = _at_a_terminal(tmp_path, "dosenote read lines.txt --format json > out.jsonl")
    child.expect("Reading")
    child.wait()
    told = [json.loads(line)["text"] for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert told == ["warfarin 5 mg daily", "kidney stones"] * 400


def test_a_list_may_be_typed_to_check(tmp_path: Path) -> None:
    """It says how to end; the notes are as wide as the terminal."""
    child = _at_a_terminal(tmp_path, "dosenote check -f - --age 67")
    child.expect("Ctrl-D")
    child.sendline("MK-7 100 mcg daily")
    child.sendline("warfarin")
    child.sendeof()
    child.expect("CALL FIRST")
    child.wait()
    assert child.exitstatus == 1


def test_a_pdf_is_nothing_for_a_terminal(tmp_path: Path) -> None:
    """It asks for a file."""
    (tmp_path / "list.txt").write_text("warfarin\n", "utf-8")
    child = _at_a_terminal(tmp_path, "dosenote page list.txt --format pdf")
    child.expect("give it a file with -o page.pdf")
    child.wait()
    assert child.exitstatus == 2


def test_without_a_terminal_or_columns_lines_are_of_80(tmp_path: Path) -> None:
    """As wide as a terminal is by custom."""
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    words = [*BASE, "check", "MK-7 100 mcg daily", "warfarin"]
    done = subprocess.run(
        words, cwd=tmp_path, env=variables, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    lines = [line for line in done.stdout.decode().splitlines() if "http" not in line]
    assert 70 < max(map(len, lines)) <= 80


def test_no_part_of_a_line_is_read_as_a_line() -> None:
    """However long a line is, what stands at its end is nothing by itself."""
    long = "x" * 65_530 + " no warfarin MK-7 100 mcg daily\n"
    done = dosenote("read", "-", "--format", "json", stdin=f"{long}warfarin\n{long}{long}")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["outcome"] for one in told] == ["refuse", "ask", "refuse", "refuse"]
    assert not any(one["items"] for one in told if one["outcome"] == "refuse")


@pytest.mark.parametrize("group", ["rules", "products"])
def test_a_group_without_a_command_lists_its_commands(group: str) -> None:
    """Each in a line of its own, as with --help."""
    done = dosenote(group)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == dosenote(group, "--help").stdout


@pytest.mark.parametrize(
    "words, said",
    [
        ("check warfarin --age 67y", ['"67y" is not a number of years', "as in 67"]),
        ("check warfarin --age nan", ['"nan" is not a number of years']),
        ("check warfarin --age 131", ['"131" is not a number of years from 0 to 130']),
        ("check warfarin --age -1", ['"-1" is not a number of years']),
        ("check warfarin --as-of 22.11.2026", ['"22.11.2026" is not a day', "as in 2027-01-31"]),
        ("read 'D3 + K2'", ["D3 + K2: there is no such file", "echo 'D3 + K2' | dosenote read"]),
        ("page 'D3 + K2'", ["D3 + K2: there is no such file", "goes into a file first, one item a line"]),
        ("batch 'D3 + K2' -o out.csv", ["D3 + K2: there is no such file"]),
        (f"read '{'D3 and K2 ' * 40}'", ["there is no such file"]),
        *(
            (command, ["this is a folder, and a file is wanted"])
            for command in ("check -f {}", "read {}", "page {}", "review {}", "diff {} {}", "batch {} -o out.csv")
        ),
    ],
)
def test_a_slip_on_the_command_line_is_answered_in_plain_words(tmp_path: Path, words: str, said: list[str]) -> None:
    """What is wrong, and how it is meant; nothing of how the program works inside."""
    done = dosenote(*shlex.split(words.replace("{}", str(tmp_path))))
    assert (done.returncode, done.stdout) == (2, "")
    assert all(" ".join(part.split()) in " ".join(done.stderr.split()) for part in said), done.stderr
    assert "range" not in done.stderr
    assert "directory" not in done.stderr
