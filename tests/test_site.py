"""The rules as web pages: complete, linked, escaped, accessible, and put in place as a whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from browser import Browser, page_count, pdf_text
from conftest import ROOT
from dosenote.cli import main
from dosenote.errors import DosenoteError, RuleError
from dosenote.render.outline import ACTION_WORDS
from dosenote.rulefiles import SEAL, Files, rules_folder
from dosenote.ruleset import RuleSet, assemble, load
from dosenote.site.contents import Contents, web_address
from dosenote.site.folder import LIST, write_folder
from dosenote.site.pages import pages

VOID = {"meta", "link", "br"}
#: Tags whose text a browser sets apart from what follows.
APART = {"dt", "dd", "th", "td", "li", "p", "h1", "h2", "h3", "caption"}
RULE = "interaction/mk-7-with-vitamin-k-antagonist.toml"
SOURCE = "sources/theuwissen-2013.toml"


class Link(NamedTuple):
    to: str
    words: str


class Page(HTMLParser):
    """What a test asks of a page: tags, links with their words, anchors, text. Tags must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[Link] = []
        self.anchors: list[str] = []
        self.classes: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self._to: str | None = None
        self._at = 0
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.anchors += [value for name, value in attrs if name == "id" and value]
        self.classes += (found.get("class") or "").split()
        assert not any(name.startswith("on") or name in ("src", "style") for name, _ in attrs), attrs
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self._to, self._at = found["href"], len(self.words)
        if tag == "link":
            self.links.append(Link(found["href"] or "", "style"))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.words += " " if tag in APART else ""
        if tag == "a":
            self.links.append(Link(self._to or "", self.words[self._at :].strip()))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, ruleset: RuleSet) -> Path:
    """Our rules as a site."""
    folder = tmp_path_factory.mktemp("site") / "rules"
    write_folder(folder, pages(Contents.of(ruleset, Files.read(rules_folder()))))
    return folder


@pytest.fixture(scope="module")
def parsed(site: Path) -> dict[str, Page]:
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in site.rglob("*.html")}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Our rules in a folder that may be changed."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "rules"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def pages_of(folder: Path) -> dict[str, str]:
    return dict(pages(Contents.of(load(folder), Files.read(folder))))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words, standalone_mode=False)


# --- complete and linked


def test_every_rule_and_every_source_has_its_page(parsed: dict[str, Page], ruleset: RuleSet) -> None:
    """One page a rule, one a source, and those that lead to them; nothing else."""
    wanted = {f"rules/{rule.id}.html" for rule in ruleset.rules} | {f"sources/{id}.html" for id in ruleset.sources}
    assert set(parsed) == wanted | {f"{name}.html" for name in ("index", "topics", "intakes", "sources", "coverage")}


def _targets(name: str, page: Page) -> Iterator[tuple[str, str]]:
    """Where the links inside the site lead: the file and the anchor."""
    for link in page.links:
        if not link.to.startswith(("http://", "https://")):
            path, _, anchor = link.to.partition("#")
            assert not path.startswith("/")
            assert ":" not in path
            yield os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name, anchor  # noqa: PTH118, PTH120


def test_every_link_inside_resolves(parsed: dict[str, Page], site: Path) -> None:
    """Links are relative and lead to a file of the site, and to an anchor that is there once."""
    for name, page in parsed.items():
        assert len(set(page.anchors)) == len(page.anchors)
        for path, anchor in _targets(name, page):
            assert (site / path).is_file(), f"{name}: {path}"
            assert not anchor or anchor in parsed[path].anchors, f"{name}: {path}#{anchor}"


def test_no_page_is_an_orphan(parsed: dict[str, Page]) -> None:
    """Every page can be reached from the first one."""
    reached, level = set[str](), {"index.html"}
    while level:
        reached |= level
        level = {path for name in level for path, _ in _targets(name, parsed[name]) if path in parsed} - reached
    assert reached == set(parsed)


def test_the_links_make_sense_alone(parsed: dict[str, Page]) -> None:
    """No "here" and no "more": a link says where it leads."""
    for name, page in parsed.items():
        for link in page.links:
            assert len(link.words) > 2, (name, link)
            assert link.words.lower() not in ("here", "more", "link", "read more", "source", "rule"), name


def test_nothing_is_run_or_fetched(parsed: dict[str, Page], site: Path) -> None:
    """No script, no picture, no font, no frame, and a stylesheet that loads nothing."""
    for page in parsed.values():
        assert not {"script", "img", "iframe", "object", "embed", "form", "svg", "base", "style"} & set(page.tags)
        assert [link.to.removeprefix("../") for link in page.links if link.words == "style"] == ["style.css"]
    style = (site / "style.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_a_rule_page_holds_the_whole_rule(parsed: dict[str, Page], ruleset: RuleSet) -> None:
    """Title, three levels apart, evidence with locator, link and the source's problem, examples, date."""
    for rule in ruleset.rules:
        page = parsed[f"rules/{rule.id}.html"]
        words = " ".join(page.words.split())
        wanted = [rule.title, ACTION_WORDS[rule.action], rule.certainty_because, rule.mechanism, rule.id]
        wanted += [f"how bad it could be {rule.severity}"]
        wanted += [f"how sure the evidence is {rule.certainty.replace('-', ' ')}"]
        for evidence in rule.evidence:
            source = ruleset.sources[evidence.source]
            wanted += [evidence.says, evidence.locator, source.title, source.problem]
            assert f"../sources/{source.id}.html" in {link.to for link in page.links}
            assert not source.link or source.link in {link.to for link in page.links}
        for example in rule.examples:
            wanted += [example.regimen, example.name]
        for text in wanted:
            assert " ".join(text.split()) in words, (rule.id, text)
        for heading in ("Action: ", "Severity: ", "Certainty: ", "Against", "Raised (", "Jurisdiction"):
            assert heading in words, (rule.id, heading)
        assert "{" not in words


def test_a_source_page_names_every_citation(parsed: dict[str, Page], ruleset: RuleSet) -> None:
    """Everything of its file, and what rules say that it says, and where."""
    for rule in ruleset.rules:
        for evidence in rule.evidence:
            page = parsed[f"sources/{evidence.source}.html"]
            words = " ".join(page.words.split())
            assert f"../rules/{rule.id}.html" in {link.to for link in page.links}
            assert f"at {evidence.locator}: {' '.join(evidence.says.split())}" in words
    for id in ruleset.sources:
        source, words = ruleset.sources[id], " ".join(parsed[f"sources/{id}.html"].words.split())
        year = str(source.year or "not shown in what was read")
        for text in (source.title, source.by, source.where, source.read, source.problem, source.url, source.doi, year):
            assert " ".join(text.split()) in words, (id, text)


def test_figures_of_the_vocabulary_are_named_on_the_page_of_their_source(parsed: dict[str, Page]) -> None:
    """A source that no rule cites, but a plausible amount rests on, is not told as unused."""
    table = (ROOT / "rules" / "vocabulary" / "amounts.toml").read_text("utf-8")
    id, source = re.findall(r'^\[([a-z0-9-]+)\]$.*?^source\s*= "([a-z0-9-]+)"', table, re.MULTILINE | re.DOTALL)[0]
    words = " ".join(parsed[f"sources/{source}.html"].words.split())
    assert f"vocabulary/amounts.toml [{id}]" in words


def test_recommended_intakes_stand_with_their_source(parsed: dict[str, Page], ruleset: RuleSet) -> None:
    """Whose, for whom, how much in both units, what it counts; and the source's page leads back."""
    page = parsed["intakes.html"]
    words = " ".join(page.words.split())
    assert len(ruleset.intakes) > 10
    for intake in ruleset.intakes:
        source = ruleset.sources[intake.source]
        for text in (
            intake.in_full,
            intake.by,
            f"It counts {intake.counts}",
            intake.locator,
            intake.note,
            source.problem,
        ):
            assert " ".join(text.split()) in words, (intake.id, text)
        assert f"sources/{source.id}.html" in {link.to for link in page.links}
        back = [link.to for link in parsed[f"sources/{source.id}.html"].links]
        assert any(to.startswith("../intakes.html#") and to.endswith(f"-toml-{intake.id}") for to in back)
    assert "age at least 1 year and below 71 years 600 IU (15 mcg) a day" in words
    assert "age at least 19 years, is breastfeeding 1,250 mg a day" in words


def test_the_index_says_what_it_is(parsed: dict[str, Page], ruleset: RuleSet) -> None:
    """Version, digest and counts; every rule under its topics and its kind, with its action word."""
    page = parsed["index.html"]
    words = " ".join(page.words.split())
    assert ruleset.version in words
    assert ruleset.digest in words
    assert f"Rules {len(ruleset.rules)} Sources {len(ruleset.sources)}" in words
    assert f"Recommended intakes {len(ruleset.intakes)} Topics" in words
    for rule in ruleset.rules:
        entry = f"{ACTION_WORDS[rule.action]} {rule.title}"
        assert words.count(entry) >= 2, rule.id
        assert [link.to for link in page.links].count(f"rules/{rule.id}.html") == 1 + len(set(rule.topics))


def test_the_coverage_page_says_what_the_command_prints(parsed: dict[str, Page]) -> None:
    """The same claims, the same reasons, the same count."""
    printed = run("rules", "coverage").output
    page = parsed["coverage.html"]
    words = " ".join(page.words.split())
    assert next(line for line in printed.splitlines() if "are left out." in line) in words
    used, unused = (
        [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][1:]
        for part in printed.split("## Left out")
    )
    assert len(used) > 100
    assert len(unused) > 10
    for claim, why in unused:
        assert f"{claim} {why}" in words
    by = [one for _, served in used for one in served.split(", ")]
    inside = [link.to for link in page.links if link.to.startswith("rules/")]
    assert inside == [f"rules/{one}.html" for one in by if "/" not in one]
    intakes = [link.to for link in page.links if link.to.startswith("intakes.html#")]
    assert len(intakes) == sum(one.startswith("intakes/") for one in by) > 5
    assert words.count("vocabulary/") == sum(one.startswith("vocabulary/") for one in by)


def test_what_takes_the_place_of_what_is_linked_both_ways(parsed: dict[str, Page], ruleset: RuleSet) -> None:
    """Of two rules about one thing each page names the other."""
    pairs = [(rule.id, other) for rule in ruleset.rules for other in rule.supersedes]
    assert pairs
    for above, below in pairs:
        assert f"../rules/{below}.html" in {link.to for link in parsed[f"rules/{above}.html"].links}
        words = " ".join(parsed[f"rules/{below}.html"].words.split())
        assert ruleset.rule(above).title in words.partition("Gives way to")[2]


def test_the_same_rules_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """Another process with another order of its sets writes what this one wrote, byte for byte."""
    command = [sys.executable, "-m", "dosenote", "rules", "site", "-o", str(tmp_path / "again")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    written = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path / "again"): path for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert set(written) == set(again)
    assert all(again[name].read_bytes() == content for name, content in written.items())


# --- rules of somebody else


def test_hostile_text_stays_text(copied: Path) -> None:
    """Tags, quotes and template signs in a rule and a source are shown, and do nothing; direction marks are refused."""
    hostile = "<script>alert(1)</script>\"'&amp;{{ 7*7 }}"
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    change(copied / RULE, 'title     = "', f"title     = '''{hostile}''' # \"")
    change(copied / RULE, 'locator   = "abstract, results"', 'locator = "<img src=x onerror=alert(2)>\\u202e"')
    with pytest.raises(RuleError, match="nobody sees"):
        pages_of(copied)
    change(copied / RULE, "\\u202e", "")
    change(copied / RULE, 'topics    = ["', 'topics    = ["<b onclick=a()>","')
    (copied / SOURCE).write_text(
        "title = '</title><i>x'\nkind = \"trial\"\nread = '<u>'\nproblem = '<style>*{}</style>'\n"
        "doi = '10.1111/\"><script>'\n",
        "utf-8",
    )
    change(copied / "ruleset.toml", 'disclaimer = "', 'disclaimer = "</footer><script src=//x.test></script>')
    change(copied / "left_out.toml", '"s1-001" = "', '"<i>" = "<u>')
    written = pages_of(copied)
    for name, text in written.items():
        if name.endswith(".html"):
            page = Page(text)
            assert not {"script", "img", "b", "i", "u", "style"} & set(page.tags), name
            assert "\u202e" not in text
    assert 'https://doi.org/10.1111/"><script>' in [
        link.to for link in Page(written["sources/theuwissen-2013.html"]).links
    ]
    page = written["rules/mk-7-with-vitamin-k-antagonist.html"]
    assert escaped in page
    assert "{{ 7*7 }}" in page
    assert Page(page).words.count("<script>alert(1)</script>\"'&amp;{{ 7*7 }}") >= 2
    for name in ("index.html", "topics.html", "coverage.html", "sources/theuwissen-2013.html"):
        assert escaped in written[name], name


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)//https://x.test", " data:text/html,x", "file:///etc/passwd"]
)
def test_an_address_that_is_not_of_the_web_is_no_link(copied: Path, address: str) -> None:
    """Lint refuses it, whatever the seal says; and rules that were not checked still make no link of it."""
    text = re.sub(r"^(doi|url)\b.*\n", "", (copied / SOURCE).read_text("utf-8"), flags=re.MULTILINE)
    (copied / SOURCE).write_text(f'{text}\nurl = "{address}"\n', "utf-8")
    with pytest.raises(RuleError, match=r"is not an? url"):
        load(copied)
    files = Files.read(copied)
    (copied / SEAL).write_text(files.sealed(), "utf-8")
    with pytest.raises(RuleError, match=r"is not an? url"):
        load(copied)
    written = dict(pages(Contents.of(assemble(files, files.tables())[0], files)))
    for name in ("sources/theuwissen-2013.html", "rules/mk-7-with-vitamin-k-antagonist.html"):
        page = Page(written[name])
        assert address.strip() in page.words
        outside = [link.to for link in page.links if not link.to.startswith(("http://", "https://"))]
        assert all(":" not in link for link in outside)


def test_only_addresses_of_the_web_are_links() -> None:
    """Both schemes of the web in any case; no spaces, no control characters. Quotes and brackets are escaped."""
    for address in (
        "https://x.test/a?b=c&d#e",
        "HTTP://x.test",
        "https://doi.org/10.1002/(SICI)10:15/16<1661::AID>3.0",
    ):
        assert web_address(address) == address
    for address in ("", "javascript:alert(1)", "//x.test", "https:x", "https://x.test/ x", "https://x\u202e", "x https://x.test"):  # fmt: skip
        assert web_address(address) == ""


def test_a_withdrawn_rule_is_marked_wherever_it_is_named(copied: Path, ruleset: RuleSet) -> None:
    """On its own page, in every list, where it comes last, and in the counts."""
    change(copied / RULE, "summary ", 'withdrawn = { date = 2026-11-19, reason = "The dose was wrong." }\nsummary ')
    written = pages_of(copied)
    words = " ".join(Page(written["rules/mk-7-with-vitamin-k-antagonist.html"]).words.split())
    assert "WITHDRAWN on 19 Nov 2026: The dose was wrong." in words
    title = "MK-7 (vitamin K2) with a blood thinner of the warfarin kind"
    for name in ("index.html", "topics.html", "sources/theuwissen-2013.html"):
        words = " ".join(Page(written[name]).words.split())
        assert f"WITHDRAWN {title}" in words
        assert f"CALL FIRST {title}" not in words
    about_mk_7 = " ".join(Page(written["topics.html"]).words.split()).partition(" vitamin-k2-mk7 ")[2]
    assert about_mk_7.index("GOOD TO KNOW") < about_mk_7.index("WITHDRAWN")
    assert f"Rules {len(ruleset.rules) - 1}, and 1 withdrawn" in " ".join(Page(written["index.html"]).words.split())


@pytest.mark.parametrize(
    "spoil, what",
    [
        (lambda folder: change(folder / RULE, '"schurgers-2007"', '"schurgers-2008"'), "Did you mean schurgers-2007?"),
        (
            lambda folder: change(folder / "intakes" / "uk.toml", '"sacn-2016-vitamin-d"', '"sacn-2017-vitamin-d"'),
            "intakes/uk.toml:1: [vitamin-d-rni] no source is called",
        ),
        (
            lambda folder: change(folder / RULE, "summary ", 'supersedes = ["mk-4-with-warfarin"]\nsummary '),
            'it supersedes "mk-4-with-warfarin", which is no rule',
        ),
        (lambda folder: shutil.copy(folder / RULE, folder / "dose" / Path(RULE).name), "has the same id"),
        (
            lambda folder: shutil.copy(folder / SOURCE, folder / "sources" / "A source?.toml"),
            "the file's name is the id",
        ),
    ],
    ids=["no such source", "no source of an intake", "no such rule", "two of one id", "no id"],
)
def test_what_would_leave_a_page_without_its_link_is_told(
    copied: Path, spoil: Callable[[Path], None], what: str
) -> None:
    """Loading does not lint: the site says by file what it cannot link, and nothing is written."""
    spoil(copied)
    with pytest.raises(RuleError) as error:
        main(["rules", "site", "-o", str(copied.parent / "out"), "--rules", str(copied)], standalone_mode=False)
    assert what in str(error.value)
    assert not (copied.parent / "out").exists()


def test_two_topics_that_look_alike_have_two_anchors(copied: Path) -> None:
    """Signs that an anchor cannot hold do not make one of two."""
    change(copied / RULE, 'topics    = ["', 'topics    = ["iron!", "Iron", "!!", "??", "')
    page = Page(pages_of(copied)["topics.html"])
    assert len(set(page.anchors)) == len(page.anchors)
    assert sum(anchor.startswith("topic-iron") for anchor in page.anchors) == 3


# --- the folder


TWO = (("index.html", "<p>new</p>"), ("rules/a.html", "<p>a</p>"))


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    """The pages are counted, and the list of files names each."""
    target = tmp_path / "a" / "b"
    assert write_folder(target, [*TWO, ("style.css", "")]) == 2
    assert set(everything(target)) == {"index.html", "rules/a.html", "style.css", LIST}
    assert (target / LIST).read_text("utf-8").splitlines()[1:] == ["index.html", "rules/a.html", "style.css"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_everybody_may_read_what_was_written(tmp_path: Path) -> None:
    """The folder has the rights that any new folder has, not those of a private one."""
    (tmp_path / "plain").mkdir()
    write_folder(tmp_path / "site", TWO)
    assert (tmp_path / "site").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_older_site_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Pages of rules that are gone are gone; an empty folder will do as well."""
    (tmp_path / "site").mkdir()
    write_folder(tmp_path / "site", [*TWO, ("rules/gone.html", "")])
    write_folder(tmp_path / "site", TWO)
    assert set(everything(tmp_path / "site")) == {"index.html", "rules/a.html", LIST}


@pytest.mark.parametrize("name", ["CNAME", "rules/notes.txt", ".git/config", "other/"])
def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path, name: str) -> None:
    """What somebody put there, beside a site or without one, is named and not touched."""
    for target in (tmp_path / "theirs", tmp_path / "ours"):
        if target.name == "ours":
            write_folder(target, TWO)
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.write_text("mine", "utf-8")
        before = everything(target)
        with pytest.raises(DosenoteError, match="this folder holds what is no site of dosenote"):
            write_folder(target, TWO)
        assert everything(target) == before
        assert path.exists()


def test_a_list_that_is_not_ours_allows_nothing(tmp_path: Path) -> None:
    """A file of the name of our list does not make a folder ours."""
    (tmp_path / LIST).write_text("What lies here\nthesis.txt\n", "utf-8")
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(DosenoteError):
        write_folder(tmp_path, TWO)
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "years of work"


def test_a_file_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    """The name of a file is answered with what to do."""
    (tmp_path / "site").write_text("mine", "utf-8")
    with pytest.raises(DosenoteError, match="a file, not a folder"):
        write_folder(tmp_path / "site", TWO)
    assert (tmp_path / "site").read_text("utf-8") == "mine"


def test_behind_a_link_the_folder_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    """Who serves a folder through a link goes on doing so."""
    write_folder(tmp_path / "real", [("index.html", "old")])
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_folder(tmp_path / "link", TWO)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "rules" / "a.html").is_file()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_failed_run_leaves_no_half_site(tmp_path: Path, is_there: bool) -> None:
    """Where a page cannot be made, the folder is as it was, and nothing lies beside it."""
    if is_there:
        write_folder(tmp_path / "site", [("index.html", "old")])
    before = everything(tmp_path)

    def failing() -> Iterator[tuple[str, str]]:
        yield from TWO
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_folder(tmp_path / "site", failing())
    assert everything(tmp_path) == before
    assert (tmp_path / "site").exists() == is_there


@pytest.mark.parametrize("failing", [1, 2])
def test_where_the_swap_fails_the_old_site_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """A disk that refuses to rename leaves what was there, and the message says so."""
    write_folder(tmp_path / "site", [("index.html", "old")])
    before = everything(tmp_path)
    calls = []
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == failing:
            raise OSError(16, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(DosenoteError, match="cannot be written: Device or resource busy"):
        write_folder(tmp_path / "site", TWO)
    assert everything(tmp_path) == before


def test_the_command_says_where_to_begin(tmp_path: Path) -> None:
    """One line with the number of pages and the first of them; and without a folder a usage error."""
    done = run("rules", "site", "-o", str(tmp_path / "out"))
    assert done.output == f"{len(list((tmp_path / 'out').rglob('*.html')))} pages: {tmp_path / 'out' / 'index.html'}\n"
    assert run("rules", "site").exit_code != 0


# --- seen by a browser

KINDS = (
    "index.html",
    "intakes.html",
    "sources.html",
    "coverage.html",
    "topics.html",
    "rules/vitamin-d-above-us-upper-limit.html",
    "rules/vitamin-d3-with-mk-7-in-documented-amounts.html",
    "sources/theuwissen-2013.html",
    "sources/aap-2020-williams.html",
)


@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing(browser: Browser, site: Path, name: str) -> None:
    """Every kind of page keeps to WCAG 2.1 A and AA and to good practice."""
    assert browser.violations(site / name) == []


@pytest.mark.parametrize("name", KINDS)
def test_nobody_scrolls_sideways(browser: Browser, site: Path, name: str) -> None:
    """Every kind of page fits 320 pixels."""
    assert browser.scroll_width(site / name, 320) == 320


def test_a_page_in_print_and_on_a_narrow_screen_keeps_to_the_rules_too(browser: Browser, site: Path) -> None:
    """What the styles of print and of narrow screens change breaks nothing."""
    page = site / "rules/vitamin-d-above-us-upper-limit.html"
    assert browser.violations(page, 320) == []
    assert browser.violations(page, media="print") == []


def test_a_withdrawn_rule_with_hostile_words_keeps_to_the_rules(browser: Browser, copied: Path, tmp_path: Path) -> None:
    """Long words without a break, and the box of a withdrawn rule."""
    change(copied / RULE, "summary ", 'withdrawn = { date = 2026-11-19, reason = "It was wrong." }\nsummary ')
    change(copied / RULE, 'says      = """', f'says      = """{"x" * 400}')
    change(copied / RULE, 'regimen = "', f'regimen = "{"y" * 400}')
    write_folder(tmp_path / "out", pages_of(copied).items())
    page = tmp_path / "out" / "rules" / "mk-7-with-vitamin-k-antagonist.html"
    assert browser.violations(page) == []
    assert browser.scroll_width(page, 320) == 320


def test_a_rule_prints_on_few_pages_with_its_links(browser: Browser, site: Path) -> None:
    """Without the navigation, and with the address of each source in full."""
    printed = browser.print_pdf(site / "rules/mk-7-with-vitamin-k-antagonist.html")
    words = pdf_text(printed)
    assert page_count(printed) <= 5
    assert "https://doi.org/10.1111/jth.12203" in words
    assert "CALL FIRST" in words
    assert "Skip to the content" not in words
    assert "Coverage" not in words


def test_the_gravest_words_are_the_most_legible(browser: Browser, site: Path) -> None:
    """Black on white in print and on screen; graver is bolder or has the thicker box, and never paler."""
    for media in ("screen", "print"):
        browser.open(site / "index.html", media=media)
        looks = browser.evaluate(
            """return ["call-first", "ask-soon", "mention", "good-to-know"].map(name => {
              const style = getComputedStyle(document.querySelector(".level." + name));
              return [style.color, parseInt(style.fontWeight), parseFloat(style.borderTopWidth)];
            })"""
        )
        assert {color for color, _, _ in looks} == {"rgb(0, 0, 0)"}
        weights = [(weight, border) for _, weight, border in looks]
        assert weights == sorted(weights, reverse=True)
        assert weights[0] > weights[1] > weights[2]


def test_the_first_tab_leads_to_the_content_and_is_seen(browser: Browser, site: Path) -> None:
    """Who uses a keyboard sees where they are, and can leave the navigation out."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.open(site / "rules/mk-7-with-vitamin-k-antagonist.html")
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    where, top, outline = browser.evaluate(
        """const at = document.activeElement, style = getComputedStyle(at);
        return [at.getAttribute("href"), at.getBoundingClientRect().top, style.outlineWidth];"""
    )
    assert (where, outline) == ("#content", "3px")
    assert top >= 0
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    assert browser.evaluate("return document.activeElement.id") == "content"


def test_the_stylesheet_is_used_from_a_file(browser: Browser, site: Path) -> None:
    """A page two folders down finds its style without a server."""
    browser.open(site / "sources/theuwissen-2013.html")
    assert browser.evaluate("return getComputedStyle(document.querySelector('.notice')).borderTopWidth") == "3px"
