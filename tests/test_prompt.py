"""The prompt on a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect", reason="a pseudo-terminal is wanted")
if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminal of this kind", allow_module_level=True)

BASE = [sys.executable, "-m", "dosenote"]
ITEM, LINE, ASK = r"\n ?\d+> $", r"\n    > $", r"\n  > $"


class Talk:
    """A prompt under test: types, and waits for what it wants next."""

    def __init__(self, folder: Path, *options: str, columns: int = 80, rows: int = 50) -> None:
        self.folder = folder
        env = {**os.environ, "DOSENOTE_DATA": str(folder), "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
        env = {name: said for name, said in env.items() if name not in ("COLUMNS", "LINES")}  # the terminal tells it
        self.child = pexpect.spawn(
            BASE[0], [*BASE[1:], *options], env=env, encoding="utf-8", dimensions=(rows, columns), timeout=20, echo=False,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # whatever nohup made of it for the tests
        )  # fmt: skip

    def until(self, wanted: str) -> str:
        """Everything printed up to something wanted, in lines."""
        self.child.expect(wanted.replace(r"\n", r"(?:^|\r\n)"))
        return str(self.child.before).replace("\r\n", "\n")

    def answer(self, said: str, wanted: str) -> str:
        self.child.sendline(said)
        return self.until(wanted)

    def to_questions(self, *items: str) -> str:
        """Enter items that need nothing more, and end the list."""
        self.until(ITEM)
        for item in items:
            self.answer(item, ITEM)
        return self.answer("", ASK)

    def finish(self) -> str:
        """Leave everything open to the end; what was printed since."""
        told = ""
        while True:
            self.child.sendline(":unknown")
            place = self.child.expect([r"Enter ends\.\r\n  > $", r"\r\n  > $"])
            told += str(self.child.before).replace("\r\n", "\n") + "\n"
            if place == 0:
                return told

    def status(self) -> int:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)

    def leave(self) -> None:
        """As a person does, so that it ends by itself."""
        if self.child.isalive():
            self.child.sendline(":quit")
            self.child.expect(pexpect.EOF)
        self.child.close(force=True)

    @property
    def kept(self) -> Path:
        return self.folder / "entered.toml"


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Callable[..., Talk]]:
    """Begins a prompt that keeps what is entered in a folder of the test's own."""
    begun: list[Talk] = []

    def begin(*options: str, columns: int = 80, rows: int = 50) -> Talk:
        begun.append(Talk(tmp_path / "data", *options, columns=columns, rows=rows))
        return begun[-1]

    yield begin
    for one in begun:
        one.leave()


def test_the_walk_through(talk: Callable[..., Talk]) -> None:
    """A slip is caught, the form and how often are asked, an unknown item is left, and the notes end with what to do."""
    one = talk()
    one.until(ITEM)
    assert "[a] vitamin D3, 5,000 IU (125 mcg), once a day" in one.answer("D3 5000 mcg daily", LINE)
    one.answer("a", ITEM)
    assert "How often" in one.answer("k2 100 mcg", LINE)
    assert "MK-7" in one.answer("every morning", LINE)
    assert "I read: vitamin K2 (MK-7), 100 mcg, once a day" in one.answer("b", ITEM)
    assert "How much of it is not needed" in one.answer("warfarin", ITEM)
    assert '"OsteoMax" is not in my lists' in one.answer("OsteoMax", LINE)
    one.answer(":unknown", ITEM)
    asked = one.answer("", ASK)
    assert "questions could change the result" in asked
    notes = one.finish()
    assert "CALL FIRST" in notes
    assert "NOT RECOGNISED, SO NOT CHECKED" in notes
    one.child.sendline("")
    one.child.expect(pexpect.EOF)
    assert str(one.child.before).strip().splitlines()[-1].strip() != ""
    assert "NEXT: " in str(one.child.before)
    one.child.close()
    assert one.child.exitstatus == 1
    assert not one.kept.exists()


def test_no_more_questions_are_promised_than_come(talk: Callable[..., Talk]) -> None:
    """An answer may bring up others: what is said of how many there are is said of now."""
    one = talk()
    asked = one.to_questions("D3 1000 IU daily", "calcium 500 mg daily")
    told = [" ".join(asked.split())]
    for _ in range(7):
        one.child.sendline("1" if "Do you take any" in told[-1] else "not sure")
        end = one.child.expect([r"Enter ends\.\r\n  > $", r"\r\n  > $"])
        told.append(" ".join(str(one.child.before).split()))
        if end == 0:
            break
    assert "could change the result, as far as can be told now." in told[0]
    assert "at most" not in "".join(told[:-1])
    first = re.search(r"Question 1 \((\d) more so far\)", told[0])
    assert first is not None
    assert f"{int(first[1]) + 1} questions could change" in told[0]
    assert not re.search(r"Question \d \(0 more", "".join(told))


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (50, 24), (60, 40)])
def test_no_question_is_longer_than_the_screen(talk: Callable[..., Talk], columns: int, rows: int) -> None:
    """A long list goes on after its first part, which is one question; each thing of it is shown once."""
    one = talk(columns=columns, rows=rows)
    screens = [one.to_questions("Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "warfarin")]
    while "Question 2" not in screens[-1]:
        screens.append(one.answer("none", ASK))
    screens = [screen[screen.index("Question") :] for screen in screens[:-1]]
    assert len(screens) > 1
    assert all(len(screen.splitlines()) + 1 <= rows for screen in screens)
    assert all("The list then goes on." in " ".join(screen.split()) for screen in screens[:-1])
    assert all(screen.startswith("Question 1, continued: ") for screen in screens[1:])
    told = " ".join("".join(screens).split())
    for name in ("isoniazid", "another antibiotic, or not", "Xenical", "denosumab", "digoxin", "Priadel", "Eliquis"):
        assert told.count(name) == 1, name


def test_an_empty_line_at_a_question_about_a_line_is_no_wrong_answer(talk: Callable[..., Talk]) -> None:
    """It is said what can be typed; the question is not told again, and nothing is taken for an answer."""
    one = talk(columns=60)
    one.until(ITEM)
    assert "Which kind" in one.answer("k2 100 mcg daily", LINE)
    for _ in range(3):
        told = one.answer("", LINE)
        assert "Type an answer; not sure leaves it open." in told
        assert "could not use" not in told
        assert "Which kind" not in told
    assert "Which kind" in one.answer("blorb 3", LINE)
    assert "I read: vitamin K2 (MK-7), 100 mcg" in " ".join(one.answer("b", ITEM).split())


def test_the_first_answer_and_the_first_item_are_changed_from_the_last_question(talk: Callable[..., Talk]) -> None:
    """Each by its number in the list; the other answers stay."""
    one = talk()
    asked = one.to_questions("D3 1000 IU daily", "MK-7 100 mcg daily", "warfarin")
    while "more so far" in " ".join(asked.split()):
        asked = one.answer("not sure", ASK)
    assert "left open" in one.answer(":list", ASK)
    again = one.answer(":edit 4", ASK)  # the first answer stands behind the three items
    assert "Question" in again
    assert "Noted: " in one.answer("none", ASK)
    assert "Now it is: D3 1000 IU daily" in one.answer(":edit 1", r"\n 1> $")
    assert "vitamin D3, 50,000 IU (1,250 mcg), once a week" in one.answer("D3 50000 IU weekly", ASK)
    listed = one.answer(":list", ASK)
    assert "1. D3 50000 IU weekly" in listed
    assert "not any of" in listed


def test_every_command_and_nonsense_at_every_question(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """At each of the questions after the list, whatever its kind; none is taken for an answer."""
    one = talk()
    one.to_questions("D3 5000 IU daily", "MK-7 100 mcg daily", "warfarin")
    asked, kinds = "", 0
    while True:
        before = one.kept.read_text("utf-8")
        assert len(one.answer(":why", ASK)) > 20
        assert ":edit N" in one.answer(":help", ASK)
        assert "3. warfarin" in one.answer(":list", ASK)
        assert "Saved to" in one.answer(f":save {tmp_path / f'{kinds}.toml'}", ASK)
        assert "Wrote" in one.answer(f":page {tmp_path / f'{kinds}.html'}", ASK)
        assert "Which line?" in one.answer(":edit 99", ASK)
        assert "no command" in one.answer(":blorb", ASK)
        for nonsense in ("blorb", "<script>", "999", "-1", "maybe", "\u202egninrom", ""):
            one.answer(nonsense, ASK)
        assert one.kept.read_text("utf-8") == before
        kinds += 1
        one.child.sendline(":unknown")
        if one.child.expect([r"Enter ends\.\r\n  > $", r"\r\n  > $"]) == 0:
            break
        asked += str(one.child.before)
    assert kinds == 7
    assert "How old are you" in asked


@pytest.mark.parametrize("place", ["item", "line", "question"])
def test_every_command_works_at_every_question(talk: Callable[..., Talk], place: str, tmp_path: Path) -> None:
    """None of them is taken for an answer."""
    one = talk()
    if place == "question":
        wanted = ASK
        one.to_questions("MK-7 100 mcg daily")
    else:
        one.until(ITEM)
        one.answer("MK-7 100 mcg daily", ITEM)
        wanted = ITEM
    if place == "line":
        wanted = LINE
        one.answer("k2 100 mcg", wanted)
    assert ":edit N" in one.answer(":help", wanted)
    assert "1. MK-7 100 mcg daily" in one.answer(":list", wanted)
    assert len(one.answer(":why", wanted)) > 20
    assert "no command" in one.answer(":blorb", wanted)
    assert "Which line?" in one.answer(":edit 99", wanted)
    assert "Which line?" in one.answer(":edit x", wanted)
    assert "Type :save and a name" in one.answer(":save", wanted)
    target = tmp_path / "mine.toml"
    assert "Saved to" in one.answer(f":save {target}", wanted)
    assert "there already" in one.answer(f":save {target}", wanted)
    assert "cannot be written" in one.answer(f":save {tmp_path}/no/such/place.toml", wanted)
    assert "Type :page and a name" in one.answer(":page", wanted)
    assert "Wrote" in one.answer(f":page {tmp_path}/page.txt", wanted)
    assert "MK-7 100 mcg daily" in (tmp_path / "page.txt").read_text("utf-8")
    assert "cannot be written" in one.answer(f":page {tmp_path}/no/such/place.html", wanted)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    checked = subprocess.run([*BASE, "check", "-f", str(target)], capture_output=True, check=False, text=True)
    assert "MK-7" in checked.stdout
    one.child.sendline(":quit")
    assert one.status() == 3
    assert "MK-7 100 mcg daily" in one.kept.read_text("utf-8")


def test_back_goes_through_the_answers_to_the_items(talk: Callable[..., Talk]) -> None:
    """One step each time, with what was answered there to be changed."""
    one = talk()
    first = one.to_questions("MK-7 100 mcg daily")
    one.answer("none", ASK)
    again = one.answer(":back", ASK)
    assert first.splitlines()[-3] in again
    assert "What do you take?" in one.answer(":back", ITEM)
    assert "Now it is: MK-7 100 mcg daily" in one.answer(":back", r"\n 1> $")


@pytest.mark.parametrize("end", ["interrupt", "hangup", "kill", "eof", "quit"])
def test_what_was_entered_is_there_when_the_person_comes_back(talk: Callable[..., Talk], end: str) -> None:
    """After Ctrl-C, a closed or killed terminal, Ctrl-D or ":quit"; readable by its owner only."""
    one = talk()
    asked = one.to_questions("MK-7 100 mcg daily", "warfarin")
    left = int(re.findall(r"(\d) questions", asked)[0]) - 1
    one.answer("none", ASK)
    if end == "interrupt":
        one.child.sendintr()
        assert one.status() == 130
    elif end == "hangup":
        one.child.kill(signal.SIGHUP)
        one.status()
    elif end == "kill":
        one.child.kill(signal.SIGKILL)
        one.status()
    elif end == "eof":
        one.child.sendeof()
        assert one.status() == 3
    else:
        one.child.sendline(":quit")
        assert one.status() == 3
    assert stat.S_IMODE(one.kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(one.kept.parent.stat().st_mode) == 0o700
    two = talk()
    two.until(r"delete it: $")
    told = two.answer("y", ITEM)
    assert "1. MK-7 100 mcg daily" in told
    assert "2. warfarin" in told
    assert f"\n{left} questions" in two.answer("", ASK)  # one was answered, and is not asked again


def test_an_old_entry_is_deleted_on_request(talk: Callable[..., Talk]) -> None:
    """And not before the person said so."""
    one = talk()
    one.until(ITEM)
    one.answer("warfarin", ITEM)
    one.child.sendline(":quit")
    one.status()
    two = talk()
    two.until(r"delete it: $")
    two.answer("perhaps", r"delete it: $")
    assert two.kept.exists()
    two.answer("n", ITEM)
    assert not two.kept.exists()


def test_no_save_keeps_nothing(talk: Callable[..., Talk]) -> None:
    """Not even the folder."""
    one = talk("--no-save")
    one.to_questions("warfarin", "MK-7 100 mcg daily")
    one.child.sendintr()
    one.status()
    assert not one.folder.exists()


def test_fifteen_lines_pasted_at_once(talk: Callable[..., Talk]) -> None:
    """None is lost, and none is taken for an answer to a question about another."""
    lines = [
        "D3 2000 IU daily", "k2 100 mcg", "warfarin 5 mg daily", "calcium 600 mg", "magnesium 200 mg at night",
        "metformin 500 mg twice daily", "OsteoMax", "vitamin C 500 mg daily", "aspirin 81 mg daily", "kidney stones",
        "lisinopril 10 mg daily", "atorvastatin 20 mg at night", "zinc 15 mg daily", "fish oil 1000 mg daily",
        "levothyroxine 75 mcg daily",
    ]  # fmt: skip
    one = talk()
    one.until(ITEM)
    one.child.send("\n".join(lines) + "\n")
    one.until(LINE)
    time.sleep(0.3)
    listed = one.answer(":list", LINE)
    for line in lines:
        assert line in listed


def test_an_amount_typed_again_is_not_that_the_label_was_checked(talk: Callable[..., Talk]) -> None:
    """Nor is "yes"."""
    one = talk()
    one.until(ITEM)
    one.answer("D3 5000000 IU daily", LINE)
    for said in ("5000000 IU", "5,000,000 IU", "yes", "vitamin d3 5"):
        one.answer(said, LINE)
    one.child.sendline(":quit")
    one.status()
    assert "label checked" not in one.kept.read_text("utf-8")


def test_nonsense_is_answered_by_what_is_wanted(talk: Callable[..., Talk]) -> None:
    """And nothing of it reaches the terminal as a command, or the list."""
    one = talk()
    one.until(ITEM)
    assert "at least one item" in one.answer("", ITEM)
    assert "is not in my lists" in one.answer("<script>alert(1)</script>", LINE)
    one.answer(":unknown", ITEM)
    assert "1 to 1" in one.answer(":edit 2", ITEM)
    one.answer(":edit 1", r"\n 1> $")
    one.answer("MK-7 100 mcg daily", ITEM)
    one.answer("", ASK)
    for nonsense in ("99", "blorb", "\u202egninrom", "yes"):
        assert "Type" in one.answer(nonsense, ASK) or "list goes" in str(one.child.before)


def test_two_ages_cannot_both_be_said(talk: Callable[..., Talk]) -> None:
    """The second is refused, and the first stays."""
    one = talk()
    one.until(ITEM)
    one.answer("67 years old", ITEM)
    assert "two answers for age" in one.answer("age 40", ITEM)
    assert "67 years old" in one.answer(":list", ITEM)


@pytest.mark.parametrize("columns", [40, 100])
def test_lines_fit_the_terminal(talk: Callable[..., Talk], columns: int) -> None:
    """Nothing is wider than the screen, down to 40 columns; no colour, and no cursor is moved."""
    one = talk(columns=columns)
    told = one.to_questions("D3 5000 IU daily", "MK-7 100 mcg daily", "warfarin") + "\n" + one.finish()
    assert "\x1b" not in told
    wide = [line for line in told.splitlines() if len(line) > columns and "http" not in line and "/" not in line]
    assert wide == []


def test_without_a_terminal_it_says_what_to_use(tmp_path: Path) -> None:
    """A pipe or a file is no conversation."""
    env = {**os.environ, "DOSENOTE_DATA": str(tmp_path)}
    done = subprocess.run(BASE, input="warfarin\n", capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 2
    assert "dosenote check -f" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_tab_completes_names(tmp_path: Path) -> None:
    """Of supplements, medicines and products."""
    env = {**os.environ, "DOSENOTE_DATA": str(tmp_path), "TERM": "xterm"}
    child = pexpect.spawn(BASE[0], [*BASE[1:], "--no-save"], env=env, encoding="utf-8", dimensions=(50, 80), timeout=20)
    child.expect(r"1> ")
    child.send("acenocoum\t")
    child.expect("acenocoum\x07?arol")
    child.send("\x15:quit\r")
    child.expect(pexpect.EOF)
    child.close(force=True)


def test_the_old_text_stands_there_to_be_changed(tmp_path: Path) -> None:
    """Where the terminal can show it."""
    env = {**os.environ, "DOSENOTE_DATA": str(tmp_path), "TERM": "xterm"}
    child = pexpect.spawn(BASE[0], [*BASE[1:], "--no-save"], env=env, encoding="utf-8", dimensions=(50, 80), timeout=20)
    child.expect("1> ")
    child.sendline("MK-7 100 mcg daily")
    child.expect("2> ")
    child.sendline(":edit 1")
    child.expect("MK-7 100 mcg daily")
    child.send("\x15warfarin\r")
    child.expect("I read: warfarin")
    child.send(":quit\r")
    child.expect(pexpect.EOF)
    child.close(force=True)


def test_answers_go_to_the_terminal_and_notes_to_a_file(tmp_path: Path) -> None:
    """With the output in a file, only the notes are in it."""
    notes = tmp_path / "notes.txt"
    env = {**os.environ, "DOSENOTE_DATA": str(tmp_path / "data")}
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"{BASE[0]} -m dosenote --no-save > {notes}"],
        env=env,
        encoding="utf-8",
        timeout=20,
        echo=False,
    )
    child.expect("1> ")
    child.sendline("zinc 15 mg daily")
    child.expect("2> ")
    child.sendline("")
    while child.expect(["Enter ends[^>]*> ", "\n  > "]):
        child.sendline(":unknown")
    child.sendline("")
    child.expect(pexpect.EOF)
    text = notes.read_text("utf-8")
    assert text.lstrip().startswith("WHAT YOU ENTERED")
    assert re.search(r"(?m)^NEXT: ", text)
    assert "One item a line" not in text


def test_an_amount_of_which_it_is_not_clear_what_it_is_of(talk: Callable[..., Talk]) -> None:
    """Of a bottle of both, "45 mcg" may be the K2, and "5000" may be anything: it is told what to type instead."""
    one = talk()
    one.until(ITEM)
    assert "How much vitamin D3" in one.answer("D3 + K2", LINE)
    for said in ("45 mcg", "5000"):
        told = " ".join(one.answer(said, LINE).split())
        assert 'Type "vitamin D3", the number and the unit' in told
    assert "I read: vitamin D3, 1,000 IU (25 mcg)" in one.answer("vitamin D3 25 mcg", LINE)


def test_what_is_not_known_of_one_thing_of_a_line_leaves_the_other_to_be_asked(talk: Callable[..., Talk]) -> None:
    """Of "D3 + K2", the amount of the D3 is not known: which K2 it is matters beside warfarin all the same."""
    one = talk()
    one.until(ITEM)
    assert "How much vitamin D3" in one.answer("D3 + K2", LINE)
    told = one.answer("not sure", LINE)
    assert "Left open." in told
    assert "vitamin K2" in told.partition("Left open.")[2]
    assert "vitamin D3" not in one.answer("100 mcg MK-7 daily", ITEM)


def test_what_the_label_of_a_multivitamin_lists(talk: Callable[..., Talk]) -> None:
    """Ingredient by ingredient, until it lists no more; then they stand in its place, under its name."""
    one = talk()
    one.until(ITEM)
    one.answer("warfarin", ITEM)
    assert "Which vitamins and minerals" in one.answer("multivitamin daily", LINE)
    assert "What else does its label list?" in one.answer("D3 1000 IU, MK-7 25 mcg", LINE)
    assert "I could not use that" in one.answer("blorb", LINE)
    assert "What else" in one.answer("calcium 200 mg", LINE)
    told = one.answer("no", ITEM)
    assert "I read: vitamin K2 (MK-7), 25 mcg, once a day" in told
    assert "I read: calcium, 200 mg, once a day" in told
    listed = one.answer(":list", ITEM)
    assert "3. multivitamin daily: calcium 200 mg once a day" in listed
    assert "4." not in listed


def test_a_label_that_is_not_known_in_full_stays_unknown(talk: Callable[..., Talk]) -> None:
    """What is known of it is a line of its own, and the product may still hold anything."""
    one = talk()
    one.until(ITEM)
    one.answer("multivitamin daily", LINE)
    one.answer("D3 1000 IU", LINE)
    one.answer("not sure", ITEM)
    listed = one.answer(":list", ITEM)
    assert "1. multivitamin daily" in listed
    assert "2. D3 1000 IU once a day" in listed


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_the_screen_is_as_it_was_looked_at(talk: Callable[..., Talk], columns: int) -> None:
    """The first walk-through up to the second question. After a change that is meant: DOSENOTE_GOLDEN=write."""
    one = talk(columns=columns)
    wanted = [LINE, ITEM, LINE, LINE, ITEM, ITEM, LINE, ITEM, ASK, ASK]
    typed = ["D3 5000 mcg daily", "a", "k2 100 mcg", "every morning", "b", "warfarin", "OsteoMax", "", "", ":why"]
    beginning = one.until(ITEM)
    screen = beginning[beginning.index("What do you take?") :] + str(one.child.after)
    for said, what in zip(typed, wanted, strict=True):
        screen += f"{said}\n" + one.answer(said, what) + str(one.child.after)
    screen = screen.replace("\r", "") + "\n"
    golden = Path(__file__).parent / "golden" / f"prompt-{columns}.text"
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        golden.write_text(screen, "utf-8")
    assert golden.read_text("utf-8") == screen


def test_a_line_taken_off_while_another_is_asked_about(talk: Callable[..., Talk]) -> None:
    """Nothing that was entered with it is passed over."""
    one = talk()
    one.until(ITEM)
    one.child.send("k2 100 mcg\nk2 200 mcg\nD3 5000 mcg daily\n")
    one.until(LINE)
    one.answer(":edit 1", r"\n 1> $")
    assert "Taken off the list" in one.answer(" ", LINE)
    one.answer(":unknown", LINE)
    assert "[a] vitamin D3, 5,000 IU" in str(one.child.before)
    one.answer("1", ITEM)
    listed = one.answer(":list", ITEM)
    assert "1. k2 200 mcg" in listed
    assert "2. D3 5000 IU daily" in listed


@pytest.mark.parametrize(
    "command",
    [
        ":edit \u00b2",
        ":save ~nouserx/a",
        f":save {'a' * 300}",
        ":save a\x00b",
        ":edit -1",
        ":page ~nouserx/a.html",
        f":page {'a' * 300}.html",
        ":page a\x00b.html",
        ":page /",
        ":page page",
    ],
)
def test_a_command_that_cannot_be_carried_out_is_said(talk: Callable[..., Talk], command: str) -> None:
    """And the entry goes on."""
    one = talk()
    one.until(ITEM)
    one.answer("warfarin", ITEM)
    one.answer(command, ITEM)
    assert "warfarin" in one.answer(":list", ITEM)


def test_two_answers_that_contradict_each_other(talk: Callable[..., Talk]) -> None:
    """Also where the second answers a question about a line."""
    one = talk()
    one.until(ITEM)
    one.answer("67 years old", ITEM)
    one.answer("OsteoMax", LINE)
    told = one.answer("40 years old", ITEM)
    assert "two answers for age" in told
    one.child.sendline(":quit")
    one.status()
    assert "40 years" not in one.kept.read_text("utf-8")


def test_going_back_takes_the_answer_out_of_the_file_too(talk: Callable[..., Talk]) -> None:
    """ "None of these", taken back, is not kept for next time."""
    one = talk()
    one.to_questions("MK-7 100 mcg daily")
    one.answer("none", ASK)
    assert "no blood thinner" in one.kept.read_text("utf-8")
    one.answer(":back", ASK)
    one.child.sendline(":quit")
    one.status()
    assert "no blood thinner" not in one.kept.read_text("utf-8")


def test_where_nothing_can_be_kept_the_entry_goes_on(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """It is said once."""
    (tmp_path / "data" / "entered.toml").mkdir(parents=True)
    one = talk()
    one.until(ITEM)
    assert "nothing is kept" in one.answer("warfarin", ITEM)
    assert "nothing is kept" not in one.answer("MK-7 100 mcg daily", ITEM)
    assert "2. MK-7" in one.answer(":list", ITEM)


def test_what_cannot_be_read_is_set_aside(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """Never written over."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "entered.toml").write_text('items = ["warfarin"', "utf-8")
    one = talk()
    assert "could not be read" in " ".join(one.until(ITEM).split())
    one.answer("zinc 15 mg daily", ITEM)
    assert (folder / "entered.unreadable.toml").read_text("utf-8") == 'items = ["warfarin"'
    one.child.sendline(":quit")
    one.child.expect(pexpect.EOF)
    (folder / "entered.toml").write_text("items = [1", "utf-8")
    assert "entered.unreadable2.toml" in "".join(talk().until(ITEM).split())
    assert (folder / "entered.unreadable.toml").read_text("utf-8") == 'items = ["warfarin"'
    assert (folder / "entered.unreadable2.toml").read_text("utf-8") == "items = [1"


def test_what_was_set_aside_before_is_never_written_over(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """Each stays, for its owner only, and the screen says which file this one is in."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "entered.unreadable.toml").write_text("first", "utf-8")
    (folder / "entered.unreadable2.toml").symlink_to("nowhere")
    (folder / "entered.toml").write_text('items = ["warfarin"', "utf-8")
    (folder / "entered.toml").chmod(0o644)
    told = "".join(talk().until(ITEM).split())
    third = folder / "entered.unreadable3.toml"
    assert f"Itisin{third}now." in told
    assert third.read_text("utf-8") == 'items = ["warfarin"'
    assert stat.S_IMODE(third.stat().st_mode) == 0o600
    assert (folder / "entered.unreadable.toml").read_text("utf-8") == "first"
    assert (folder / "entered.unreadable2.toml").is_symlink()


def test_two_prompts_at_once_do_not_disturb_each_other(talk: Callable[..., Talk]) -> None:
    """The second keeps nothing, and says so: by whom, where, and what to do."""
    one = talk()
    one.until(ITEM)
    one.answer("warfarin", ITEM)
    two = talk()
    told = " ".join(two.until(ITEM).split())
    assert f"Another prompt is open (process {one.child.pid}, since " in told
    assert f"keeps its entry in {one.kept}" in told
    assert "type :quit there, which keeps it, and start dosenote again" in told
    assert "Nothing of this is kept, but for what you save with :save FILE." in told
    two.answer("zinc 15 mg daily", ITEM)
    two.child.sendline(":quit")
    two.status()
    assert "warfarin" in one.kept.read_text("utf-8")
    assert "zinc" not in one.kept.read_text("utf-8")


def test_the_kept_file_is_for_its_owner_whatever_was_there(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """A file that others could read is replaced, and a link is not followed."""
    folder, other = tmp_path / "data", tmp_path / "other.toml"
    folder.mkdir()
    other.write_text('items = ["zinc 15 mg daily"]\n', "utf-8")
    (folder / "entered.toml").symlink_to(other)
    one = talk()
    one.until(r"delete it: $")
    one.answer("y", ITEM)
    one.answer("warfarin", ITEM)
    assert stat.S_IMODE(one.kept.lstat().st_mode) == 0o600
    assert not one.kept.is_symlink()
    assert "warfarin" not in other.read_text("utf-8")


def test_the_end_of_the_input_at_the_end_is_the_end(talk: Callable[..., Talk]) -> None:
    """Ctrl-D after the notes: their own exit status, and nothing is kept."""
    one = talk()
    one.to_questions("MK-7 100 mcg daily", "warfarin")
    one.finish()
    one.child.sendeof()
    assert one.status() == 1
    assert not one.kept.exists()


def test_a_saved_file_has_the_later_answers_too(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """What is answered after ":save" is in it when the prompt ends."""
    one = talk()
    one.to_questions("MK-7 100 mcg daily")
    target = tmp_path / "mine.toml"
    one.answer(f":save {target}", ASK)
    one.answer("none", ASK)
    one.child.sendline(":quit")
    one.status()
    assert "no blood thinner" in target.read_text("utf-8")


def test_the_page_is_made_from_the_prompt(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """At a question and at the end, for its owner only; an existing file is left alone, and nonsense is answered."""
    one = talk()
    one.to_questions("warfarin 5 mg daily", "K2 MK-7 100 mcg daily")
    early, late = tmp_path / "early.html", tmp_path / "late.html"
    assert "Wrote" in one.answer(f":page {early}", ASK)
    assert "is there already" in one.answer(f":page {early}", ASK)
    assert ".pdf" in one.answer(f":page {tmp_path / 'page.xyz'}", ASK)
    assert ":page and a name" in one.answer(":page", ASK)
    one.finish()
    assert "Wrote" in one.answer(f":page {late}", ASK)
    for path in (early, late):
        assert "CALL FIRST" in path.read_text("utf-8")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_earlier_entry_may_wait(talk: Callable[..., Talk]) -> None:
    """ ":quit" instead of an answer leaves it as it is."""
    one = talk()
    one.until(ITEM)
    one.answer("warfarin", ITEM)
    one.child.sendline(":quit")
    one.status()
    before = one.kept.read_text("utf-8")
    two = talk()
    two.until(r"delete it: $")
    two.child.sendline(":quit")
    assert two.status() == 3
    assert two.kept.read_text("utf-8") == before


def test_a_file_where_the_folder_should_be(talk: Callable[..., Talk], tmp_path: Path) -> None:
    """It stays as it is; nothing is kept, and the entry goes on."""
    (tmp_path / "data").write_text("mine", "utf-8")
    one = talk()
    assert "Nothing of this is kept" in " ".join(one.until(ITEM).split())
    assert "I read: warfarin" in one.answer("warfarin", ITEM)
    assert (tmp_path / "data").read_text("utf-8") == "mine"


def test_back_at_the_items_takes_the_last_one_off_to_be_typed_again(talk: Callable[..., Talk]) -> None:
    """And at the beginning there is nothing before."""
    one = talk()
    one.until(ITEM)
    assert "This is the beginning." in one.answer(":back", ITEM)
    one.answer("warfarin", ITEM)
    one.answer("metformin", ITEM)
    assert "Now it is: metformin" in one.answer(":back", ITEM)
    one.answer("zinc 15 mg daily", ITEM)
    listed = one.answer(":list", ITEM)
    assert "1. warfarin" in listed
    assert "2. zinc 15 mg daily" in listed
    assert "metformin" not in listed


def test_a_line_is_changed_taken_off_or_left(talk: Callable[..., Talk]) -> None:
    """Another line may be asked for meanwhile; what would contradict changes nothing."""
    one = talk()
    one.until(ITEM)
    for item in ("warfarin", "metformin", "67 years old"):
        one.answer(item, ITEM)
    one.answer(":edit 1", r"\n 1> $")
    assert "You asked to change this line." in one.answer(":why", r"\n 1> $")
    one.answer(":back", ITEM)
    assert "1. warfarin" in one.answer(":list", ITEM)
    one.answer(":edit 1", r"\n 1> $")
    assert "Now it is: metformin" in one.answer(":edit 2", r"\n 2> $")
    assert "I read: lisinopril" in one.answer("lisinopril", ITEM)
    one.answer(":edit 3", r"\n 3> $")
    one.answer("40 years old", ITEM)
    one.answer("50 years old", ITEM)
    listed = one.answer(":list", ITEM)
    assert "40 years old" in listed
    assert "50 years old" not in listed
    one.answer(":edit 2", r"\n 2> $")
    assert "two answers for age" in one.answer("51 years old", ITEM)
    one.answer(":edit 2", r"\n 2> $")
    assert "Taken off the list." in one.answer(" ", ITEM)
    listed = one.answer(":list", ITEM)
    assert "1. warfarin" in listed
    assert "2. 40 years old" in listed
    assert "lisinopril" not in listed


def test_the_list_is_changed_from_a_question_about_a_line(talk: Callable[..., Talk]) -> None:
    """Then that question comes again; ":back" there changes the line itself."""
    one = talk()
    one.until(ITEM)
    one.answer("metformin", ITEM)
    one.answer("k2 100 mcg", LINE)
    one.answer(":edit 1", r"\n 1> $")
    assert "How often" in one.answer("lisinopril", LINE)
    assert "Now it is: k2 100 mcg" in one.answer(":back", r"\n 2> $")
    one.answer("MK-7 100 mcg daily", ITEM)
    listed = one.answer(":list", ITEM)
    assert "1. lisinopril" in listed
    assert "2. MK-7 100 mcg daily" in listed


def test_what_was_understood_of_a_line_is_said(talk: Callable[..., Talk]) -> None:
    """Of a product its label, of a condition that it is noted, of anything else that nothing is."""
    one = talk()
    one.until(ITEM)
    assert "Read as: Adcal-D3 Caplets (UK)" in one.answer("Adcal-D3 caplets 2 daily", ITEM)
    assert "Nothing is noted from it" in one.answer("BP 120/80", ITEM)
    assert '"warfrain" is not in my lists' in one.answer("warfrain", LINE)
    assert "[a] it is warfarin" in str(one.child.before).replace("\r\n", "\n")
    assert "I read: warfarin" in one.answer("yes", ITEM)


def test_bytes_that_are_no_text_are_told(talk: Callable[..., Talk]) -> None:
    """They are not a part of the list."""
    one = talk()
    one.until(ITEM)
    os.write(one.child.child_fd, b"caf\xe9 5 mg\n")
    assert "it is not UTF-8" in one.until(ITEM)
    one.answer("warfarin", ITEM)
    assert "1. warfarin" in one.answer(":list", ITEM)


def test_at_the_end_anything_but_enter_is_answered(talk: Callable[..., Talk]) -> None:
    """ ":why" shows every rule, and Ctrl-D ends as Enter does."""
    one = talk("--no-save")
    one.to_questions("zinc 15 mg daily")
    one.finish()
    assert "Enter ends. :help shows" in one.answer("blorb", ASK)
    told = " ".join(one.answer(":why", ASK).split())
    assert "LEFT OPEN: WHAT IS NOT KNOWN" in told
    assert not re.search(r"[a-z]_[a-z]|\binclude any\b|\.(?:taken|new|daily)\b", told)
    one.child.sendeof()
    one.child.expect(pexpect.EOF)
    assert "NEXT: " in str(one.child.before)


def test_after_a_name_the_list_is_asked_on(talk: Callable[..., Talk]) -> None:
    """Who types one name may take others; the answer keeps each of them."""
    one = talk()
    one.to_questions("D3 5000 IU daily", "MK-7 100 mcg daily")
    assert "Any others?" in one.answer("warfarin", ASK)
    one.answer("none", ASK)
    assert "warfarin" in one.kept.read_text("utf-8")


def test_why_all_says_plainly_what_became_of_a_rule(talk: Callable[..., Talk]) -> None:
    """At the end ":why" says of what was found, left open and not found, in words of a person, on what it hangs."""
    one = talk("--no-save")
    one.to_questions("levothyroxine 75 mcg daily", "MK-7 100 mcg daily", "warfarin", "age 67")
    one.finish()
    told = " ".join(one.answer(":why", ASK).split())
    assert "You take warfarin; you take vitamin K2 (MK-7)." in told
    assert "An antibiotic with a blood thinner of the warfarin kind. Not known: whether you take antibiotic." in told
    assert (
        "A thyroid hormone (levothyroxine) with a meal. Not known: whether you take thyroid hormone with a meal."
        in told
    )
    assert "Calcium with kidney stones. Calcium is not on your list." in told


def test_a_meal_is_asked_for_and_noted(talk: Callable[..., Talk]) -> None:
    """In the words of the line, which the report then has."""
    one = talk("--no-save")
    told = one.to_questions("levothyroxine 75 mcg daily", "no other medicines", "no conditions", "age 67", "male")
    while "with food?" not in told:
        told = one.answer("not sure", ASK)
    noted = " ".join(one.answer("2", ASK).split())
    assert "Noted: levothyroxine 75 mcg daily: without food" in noted


def test_an_answer_that_decides_nothing_is_noted_as_what_it_was(talk: Callable[..., Talk]) -> None:
    """Between a month and a year is said back, and "not sure" of blood values is no "no value"."""
    one = talk("--no-save")
    told = one.to_questions("K2 MK-7 100 mcg daily", "warfarin", "no other medicines", "no conditions", "age 67")
    while "For how long" not in told:
        told = one.answer("not sure", ASK)
        assert "no value" not in told
    assert "none for anything between" not in told
    noted = " ".join(one.answer("2", ASK).split())
    assert "Noted: K2 MK-7 100 mcg daily: between a month and a year, so neither new nor for long" in noted
