"""What `rules lint` says of rules that are wrong, one mistake at a time.

A file of broken_rules/ names its folder and every message that it must cause, in comments at its top.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosenote.errors import DosenoteError, RuleError
from dosenote.lint import lint, reading_grade
from dosenote.rulefiles import FOLDERS
from dosenote.ruleset import load

TODAY = date(2026, 11, 20)
RULES = Path(__file__).parents[1] / "rules"
HERE = Path(__file__).parent / "broken_rules"
FILES = sorted(HERE.glob("*.toml"))
GOOD = [path for path in FILES if path.stem.startswith("good")]
BROKEN = [path for path in FILES if path not in GOOD]


def commented(path: Path, key: str) -> list[str]:
    """The values of the comments `# key: value` in a file."""
    start = f"# {key}: "
    return [line.removeprefix(start) for line in path.read_text("utf-8").splitlines() if line.startswith(start)]


@pytest.fixture(scope="session")
def rule_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our vocabulary and sources in a folder of their own, without a rule."""
    folder = tmp_path_factory.mktemp("rule_set")
    for part in ("vocabulary", "sources"):
        shutil.copytree(RULES / part, folder / part)
    shutil.copy(RULES / "ruleset.toml", folder)
    return folder


@contextmanager
def written(rule_set: Path, name: str, content: bytes) -> Iterator[Path]:
    """A file in the rule set, put back as it was afterwards."""
    path = rule_set / name
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    try:
        yield path
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def linted(folder: Path) -> list[str]:
    """Every mistake, however early the linter gave up."""
    try:
        return lint(folder, TODAY)[1]
    except RuleError as error:
        return list(error.mistakes)


def mistakes_in(rule_set: Path, name: str, content: str) -> list[str]:
    """What is wrong when one file of the rule set holds this."""
    with written(rule_set, name, content.encode()):
        return linted(rule_set)


# --- rules


def test_there_are_broken_rules_of_many_kinds() -> None:
    """The broken rules are found, and each expects something."""
    silent = [path.stem for path in BROKEN if not commented(path, "expect")]
    assert silent == []
    assert len(BROKEN) >= 32


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_rule_lints_clean(path: Path, rule_set: Path) -> None:
    """Nothing is wrong with the rules of which the broken ones are small edits."""
    (folder,) = commented(path, "folder")
    found = mistakes_in(rule_set, f"{folder}/{path.name}", path.read_text("utf-8"))
    assert found == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in BROKEN])
def test_a_mistake_is_told_with_its_line(path: Path, rule_set: Path) -> None:
    """Every message, in order, with the line to look at, and no other."""
    (folder,) = commented(path, "folder")
    name = f"{folder}/{path.name}"
    expected = [f"{name}:{message}" for message in commented(path, "expect")]
    found = mistakes_in(rule_set, name, path.read_text("utf-8"))
    assert expected == found


def test_one_run_tells_the_mistakes_of_all_files(rule_set: Path) -> None:
    """A mistake in one rule does not hide the mistake in another."""
    first, second = HERE / "word-safe.toml", HERE / "source-unknown.toml"
    with written(rule_set, "dose/word-safe.toml", first.read_bytes()):
        found = mistakes_in(rule_set, "timing/source-unknown.toml", second.read_text("utf-8"))
    expected = [
        *(f"dose/word-safe.toml:{message}" for message in commented(first, "expect")),
        *(f"timing/source-unknown.toml:{message}" for message in commented(second, "expect")),
    ]
    assert expected == found


def test_a_rule_is_due_again_after_24_months(rule_set: Path) -> None:
    """A review 24 months ago still counts."""
    text = (HERE / "good.toml").read_text("utf-8").replace("reviewed  = 2026-11-20", "reviewed  = 2024-11-20")
    assert mistakes_in(rule_set, "dose/good.toml", text) == []


def test_a_withdrawn_rule_needs_no_review(rule_set: Path) -> None:
    """What is withdrawn is kept as it was, however old."""
    text = (HERE / "good.toml").read_text("utf-8")
    old = 'reviewed  = 2020-01-01\nwithdrawn = { date = 2021-01-01, reason = "the source was retracted" }'
    assert mistakes_in(rule_set, "dose/good.toml", text.replace("reviewed  = 2026-11-20", old)) == []


# --- sources and the rest of the set


SOURCE = 'title = "A trial"\nkind = "trial"\nread = "abstract"\n'
KINDS_OF_SOURCE = (
    "label, regulator-opinion, guideline, systematic-review, trial, observational, case-report, review, "
    "reference-work, patient-information, article"
)


@pytest.mark.parametrize(
    "before, after, message",
    [
        ('kind = "trial"', 'kind = "blog"', f'2: "blog" is not a kind; the kinds are {KINDS_OF_SOURCE}'),
        ('kind = "trial"', "", '1: "kind" is missing'),
        (
            'kind = "trial"',
            'kind = "trial"\nyear = 203',
            "3: year: input should be greater than or equal to 1900",
        ),
        ('kind = "trial"', 'kind = "trial"\ndoi = "doi:10"', '3: "doi:10" is not a doi'),
        ('kind = "trial"', 'kind = "trial"\nlink = "x"', '3: "link" is not known here.'),
        ('read = "abstract"', "read = abstract", "3: this is not TOML: Invalid value"),
    ],
)
def test_a_mistake_in_a_source_is_told(before: str, after: str, message: str, rule_set: Path) -> None:
    """A source has a kind from the closed list and no field that is not known."""
    found = mistakes_in(rule_set, "sources/a-trial.toml", SOURCE.replace(before, after))
    assert [f"sources/a-trial.toml:{message}"] == found


def test_a_good_source_lints_clean(rule_set: Path) -> None:
    """The source of which the wrong ones are edits is right."""
    assert mistakes_in(rule_set, "sources/a-trial.toml", SOURCE) == []


def test_a_mistake_in_ruleset_toml_is_told(rule_set: Path) -> None:
    """The file about the whole set is checked like the others."""
    text = (rule_set / "ruleset.toml").read_text("utf-8").replace("disclaimer = ", "disclaimers = ")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("disclaimers"))
    found = mistakes_in(rule_set, "ruleset.toml", text)
    expected = [
        'ruleset.toml:1: "disclaimer" is missing',
        f'ruleset.toml:{line}: "disclaimers" is not known here. Did you mean disclaimer?',
    ]
    assert expected == found


def test_a_file_that_is_not_utf_8_is_named(rule_set: Path) -> None:
    """The line of the first byte that is none of UTF-8 is told."""
    with written(rule_set, "dose/latin.toml", b'severity = "minor"\ntitle = "\xfcber"\n'):
        found = linted(rule_set)
    expected = ["dose/latin.toml:2: this is not UTF-8; save the file as UTF-8 text"]
    assert expected == found


@pytest.mark.parametrize("written", ["\u202e", "\\u202e", "\u200b", "\\u001b", "\u00ad", "\ue000", "\\r"])
def test_a_character_that_nobody_sees_is_told(written: str, rule_set: Path) -> None:
    """What a pharmacist reviews is what is printed: no turned direction, nothing of width zero, no escape sequence."""
    code = {"\\r": "000D"}.get(written) or (written[2:].upper() if written[0] == "\\" else f"{ord(written):04X}")
    text = SOURCE.replace('read = "abstract"', f'read = "abs{written}tract"')
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("read"))
    found = mistakes_in(rule_set, "sources/a-trial.toml", text)
    assert found == [f"sources/a-trial.toml:{line}: a character that nobody sees: U+{code}"]


def test_tabs_and_lines_of_a_text_are_seen(rule_set: Path) -> None:
    """Also with the line ends of Windows."""
    text = SOURCE.replace('read = "abstract"', 'read = """abstract\n\tand results"""').replace("\n", "\r\n")
    assert mistakes_in(rule_set, "sources/a-trial.toml", text) == []


@pytest.mark.parametrize("name", ["dose/good.toml", "sources/a-trial.toml", "vocabulary/foods.toml"])
def test_a_byte_order_mark_is_told(name: str, rule_set: Path) -> None:
    """An editor's mark before the first letter is no TOML."""
    found = mistakes_in(rule_set, name, f"\ufeff{SOURCE}")
    assert [f"{name}:1: the file begins with a byte order mark; save it as UTF-8 without one"] == found


@pytest.mark.parametrize("name", ["doses/good.toml", "good.toml"])
def test_a_file_that_nobody_reads_is_told(name: str, rule_set: Path) -> None:
    """A rule in a misspelt folder, or in none, would never be raised."""
    folders = ", ".join(["vocabulary", "sources", "products", "intakes", *FOLDERS])
    found = mistakes_in(rule_set, name, (HERE / "good.toml").read_text("utf-8"))
    assert [f"{name}:1: nobody reads this file; the folders are {folders}"] == found


def test_two_rules_with_one_id_are_told(rule_set: Path) -> None:
    """An id is one rule, whichever folder it is in."""
    content = (HERE / "good.toml").read_bytes()
    with written(rule_set, "dose/good.toml", content), written(rule_set, "timing/good.toml", content):
        found = linted(rule_set)
    expected = ["timing/good.toml:1: a rule in dose/ has the same id"]
    assert expected == found


def test_a_folder_without_a_rule_set_is_refused(tmp_path: Path) -> None:
    """A folder without ruleset.toml is no rule set."""
    with pytest.raises(DosenoteError) as raised:
        lint(tmp_path, TODAY)
    assert ("this folder holds no rule set", str(tmp_path)) == (raised.value.what, raised.value.where)


# --- vocabulary


def added(rule_set: Path, file: str, entry: str) -> tuple[list[str], int]:
    """What is wrong with an entry at the end of a vocabulary file, and the line before its first."""
    name = f"vocabulary/{file}.toml"
    text = (rule_set / name).read_text("utf-8").rstrip("\n") + "\n"
    return mistakes_in(rule_set, name, text + entry), len(text.splitlines())


@pytest.mark.parametrize(
    "entry, told",
    [
        (
            '[teff]\nlabel = "teff"\npart_of = ["dary"]\n',
            {2: '[teff] names "dary", which is no entry. Did you mean dairy?'},
        ),
        (
            '[teff]\nlabel = "teff"\nmay_hold = ["irn"]\n',
            {2: '[teff] names "irn", which is no entry. Did you mean iron?'},
        ),
        (
            '[teff]\nlabel = "teff"\nbecomes = { ntto = ["whole"] }\n',
            {2: '[teff] names "ntto", which is no entry. Did you mean natto?'},
        ),
        (
            '[teff]\nlabel = "teff"\nmeasures = ["irn"]\n',
            {2: '[teff] measures "irn", which nobody takes. Did you mean iron?'},
        ),
        (
            '[teff]\nlabel = "teff"\nnames = ["Natto"]\n',
            {2: '"Natto" is a name of both [natto] and [teff]'},
        ),
        ('[teff]\nlabel = "teff"\npart_of = ["teff"]\n', {2: "[teff] is part of itself"}),
        (
            '[teff]\nlabel = "teff"\npart_of = ["emmer"]\n[emmer]\nlabel = "emmer"\npart_of = ["teff"]\n',
            {2: "[teff] is part of itself", 5: "[emmer] is part of itself"},
        ),
        ('[warfarin]\nlabel = "teff"\n', {2: 'an entry in medicines.toml is called "warfarin", too'}),
        ('[teff]\nlabel = "--"\n', {2: '"--" has no word in it'}),
    ],
    ids=["part_of", "may_hold", "becomes", "measures", "name-twice", "itself", "circle", "id-twice", "no-word"],
)
def test_entries_that_do_not_fit_together_are_told(entry: str, told: dict[int, str], rule_set: Path) -> None:
    """Names and ids are unique, and a class is an entry that is not its own member."""
    found, before = added(rule_set, "foods", entry)
    expected = [f"vocabulary/foods.toml:{before + line}: {message}" for line, message in told.items()]
    assert expected == found


@pytest.mark.parametrize(
    "entry, line, message",
    [
        (
            '[teff]\nlabel = "teff"\nunit = "mcg"\nmcg_per_iu = "0.1"\n',
            2,
            "[teff] has mcg_per_iu, and mcg_per_iu_source names no source",
        ),
        (
            '[teff]\nlabel = "teff"\nunit = "mcg"\nmcg_per_iu = "0.1"\nmcg_per_iu_source = "nobody-1900"\n',
            2,
            "[teff] has mcg_per_iu, and mcg_per_iu_source names no source",
        ),
        (
            '[teff]\nlabel = "teff"\nunit = "mg"\n[[teff.salt]]\nid = "citrate"\nnames = ["teff citrate"]\n'
            'elemental = "0.2"\nsource = "nobody-1900"\nlocator = "page 1"\n',
            2,
            '[teff] salt citrate: no source is called "nobody-1900"',
        ),
        ('[teff]\nlabel = "teff"\nmcg_per_iu = 0.1\n', 3, "mcg_per_iu needs text in quotes"),
        ('[teff]\nlabel = "teff"\nmcg_per_iu = "a tenth"\n', 3, '"a tenth" is not a mcg_per_iu'),
        ('[teff]\nlabel = "teff"\nmcg_per_iu = "0"\n', 3, '"0" is not a mcg_per_iu'),
        (
            '[teff]\nlabel = "teff"\nunit = "micrograms"\n',
            2,
            '[teff] the unit of a supplement is one of ng, mcg, mg, g, not "micrograms"',
        ),
        (
            '[teff]\nlabel = "teff"\nunit = "mg"\n[[teff.salt]]\nid = "citrate"\nnames = ["teff citrate"]\n'
            'source = "iom-2011"\nlocator = "page 1"\n',
            4,
            "give elemental, or both elemental_low and elemental_high",
        ),
        ('[teff]\nlabel = "teff"\nname = ["teff"]\n', 3, '"name" is not known here. Did you mean names?'),
        ('[teff]\nnames = ["teff"]\n', 1, '"label" is missing'),
    ],
    ids=[
        "no-source",
        "unknown-source",
        "salt-source",
        "number",
        "words",
        "zero",
        "unit",
        "salt-without-share",
        "key",
        "no-label",
    ],
)
def test_a_mistake_in_an_entry_is_told_with_its_line(entry: str, line: int, message: str, rule_set: Path) -> None:
    """A factor is text, exactly as its source gives it, and has a source."""
    found, before = added(rule_set, "substances", entry)
    assert [f"vocabulary/substances.toml:{before + line}: {message}"] == found


@pytest.mark.parametrize(
    "before, after, messages",
    [
        (
            "[unit]",
            "[units]",
            ['1: "unit" is missing', '{line}: "units" is not known here. Did you mean unit?'],
        ),
        ('"9"   = ["nine"]', '"9"   = "nine"', ["{line}: 9 needs a list, in square brackets"]),
        ('"9"   = ["nine"]', '"9"   = []', ["{line}: 9 is empty"]),
        ('"9"   = ["nine"]', '"9"   = [nine]', ["{line}: this is not TOML: Invalid value"]),
        ('["lehnt ... ab"]', '["lehnt ab"]', ['{line}: "lehnt ab" is not a declined']),
        ('off            = ["off"]', 'offf           = ["off"]', ['{head}: "off" is missing', "{line}: {close}"]),
    ],
    ids=["section", "text", "empty", "not-toml", "no-name-between", "key"],
)
def test_a_mistake_in_writing_toml_is_told(before: str, after: str, messages: list[str], rule_set: Path) -> None:
    """The words that the reader knows are checked like the others."""
    name = "vocabulary/writing.toml"
    text = (rule_set / name).read_text("utf-8")
    line = text[: text.index(before)].count("\n") + 1
    found = mistakes_in(rule_set, name, text.replace(before, after))
    head = text[: text.index("[standing]")].count("\n") + 1
    close = '"offf" is not known here. Did you mean off?'
    assert [f"{name}:{message.format(line=line, head=head, close=close)}" for message in messages] == found


def test_a_file_of_the_vocabulary_that_is_not_known_is_told(rule_set: Path) -> None:
    """Nothing would read the entries of such a file."""
    found = mistakes_in(rule_set, "vocabulary/herbs.toml", '[teff]\nlabel = "teff"\n')
    known = "substances, medicines, conditions, foods, labs, amounts and writing"
    assert [f"vocabulary/herbs.toml:1: no file of the vocabulary is called herbs.toml; there are {known}"] == found


def test_a_medicine_that_a_rule_asks_about_needs_a_question(rule_set: Path) -> None:
    """What a person can be asked about has words for the question."""
    text = (HERE / "good-interaction.toml").read_text("utf-8")
    rule = text.replace('"vitamin-k-antagonist"] }', '"teff-sodium"] }').replace("; warfarin", "; teff sodium")
    with written(rule_set, "interaction/teff.toml", rule.encode()):
        found, before = added(rule_set, "medicines", '[teff-sodium]\nlabel = "teff sodium"\n')
    message = '[teff-sodium] is asked about by a rule and needs an "ask"'
    assert [f"vocabulary/medicines.toml:{before + 2}: {message}"] == found


# --- reading grade


@pytest.mark.parametrize(
    "text, grade",
    [
        # 9 words, 1 sentence, 9 syllables: 0.39 * 9 + 11.8 * 1 - 15.59
        ("The cat sat on the mat by the door.", -0.28),
        # 9 words, 2 sentences, 12 syllables: 0.39 * 4.5 + 11.8 * 12 / 9 - 15.59
        ("Call the clinic today. Show them all your tablets.", 1.898333),
        # 10 words, 1 sentence without its end, 13 syllables, e silent in four: 0.39 * 10 + 11.8 * 1.3 - 15.59
        ("Take the little white tablets with some water please now", 3.65),
        # too short for a grade
        ("Supplementation necessitates professional individualised considerations for everybody.", 0.0),
        ("", 0.0),
    ],
)
def test_reading_grade_is_the_published_formula(text: str, grade: float) -> None:
    """Worked by hand: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    assert grade == pytest.approx(reading_grade(text), abs=1e-6)


#: Words that rules are written in: how letters without sense are parted says nothing.
OUR_WORDS = sorted(
    {word.lower() for rule in load().rules for word in re.findall("[A-Za-z]+", f"{rule.why} {rule.talk}")}
)
a_word = st.sampled_from(OUR_WORDS)
some_words = st.lists(a_word, min_size=8, max_size=30)


@given(words=some_words, place=st.integers(0, 29), ending=st.sampled_from(["na", "ly", "ing", "ation"]))
def test_a_longer_word_never_lowers_the_grade(words: list[str], place: int, ending: str) -> None:
    """A syllable more in any word makes a text no easier."""
    place %= len(words)
    longer = [*words[:place], words[place] + ending, *words[place + 1 :]]
    assert reading_grade(" ".join(longer)) >= reading_grade(" ".join(words))


@given(words=some_words, place=st.integers(1, 29))
def test_a_shorter_sentence_never_raises_the_grade(words: list[str], place: int) -> None:
    """A full stop in the middle makes a text easier."""
    place = 1 + place % (len(words) - 1)
    parted = f"{' '.join(words[:place])}. {' '.join(words[place:])}."
    assert reading_grade(parted) < reading_grade(f"{' '.join(words)}.")
