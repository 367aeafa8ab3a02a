"""Names of one line that mean the same thing, and names that only say what a weight is of."""

from __future__ import annotations

import pytest

from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.reader.twins import is_element, joins, says_element
from dosenote.ruleset import RuleSet

#: Signs for the pieces of a line; every other word is the id of a substance.
SIGNS = {"(": "open", ")": "close", ",": "comma", "#": "amount", "salt": "salt", "as": "salt_as"}


def _pieces(ruleset: RuleSet, text: str) -> list[Piece]:
    return [
        Piece(SIGNS[word], word, n, n) if word in SIGNS else Piece("name", ruleset.vocabulary[word], n, n)
        for n, word in enumerate(text.split())
    ]


def _words(pieces: list[Piece]) -> str:
    return " ".join(piece.value if isinstance(piece.value, str) else piece.value.id for piece in pieces)


@pytest.mark.parametrize(
    "before, name, after, joined",
    [
        ("vitamin-d", "vitamin-d3", "", "vitamin-d3"),
        ("vitamin-d3", "vitamin-d", "", "vitamin-d3"),
        ("warfarin", "warfarin", "", "warfarin"),
        ("vitamin-d3", "vitamin-k2", "", ""),
        ("vitamin-d2", "vitamin-d3", "", ""),
        ("vitamin-d #", "vitamin-d3", "", "vitamin-d3 #"),
        ("vitamin-d #", "vitamin-d3", "#", ""),
        ("vitamin-d3 #", "vitamin-d", "", ""),
        ("", "vitamin-d3", "", ""),
        ("#", "vitamin-d3", "", ""),
        ("vitamin-d (", "vitamin-d3", ")", "vitamin-d3 ("),
        ("vitamin-d (", "vitamin-d3", "", "vitamin-d3 ("),
        ("calcium , vitamin-d (", "vitamin-d3", ")", "calcium , vitamin-d3 ("),
        ("vitamin-d3 vitamin-k2 # (", "vitamin-k2-mk7", ")", "vitamin-d3 vitamin-k2-mk7 # ("),
        ("vitamin-k2 # (", "vitamin-k2-mk7", "", ""),
        ("vitamin-k2 # (", "vitamin-k2-mk7", ", )", ""),
        ("vitamin-k2 #", "vitamin-k2-mk7", ")", "vitamin-k2-mk7 #"),
        ("vitamin-k2 # vitamin-k # (", "vitamin-k2-mk7", ")", ""),
        ("calcium # (", "vitamin-k2-mk7", ")", ""),
        ("(", "vitamin-d3", ")", ""),
    ],
)
def test_the_more_specific_of_two_names_is_meant(
    ruleset: RuleSet, before: str, name: str, after: str, joined: str
) -> None:
    """Right behind the other or its amount, or alone in brackets where only one can be meant; else they are two."""
    rest = _pieces(ruleset, before)
    (piece,) = _pieces(ruleset, name)
    same = joins(rest, piece._replace(start=70, end=80), _pieces(ruleset, after), ruleset.vocabulary)
    assert (same, _words(rest)) == (bool(joined), joined or before)


@pytest.mark.parametrize(
    "before, name, place", [("calcium vitamin-d", "vitamin-d3", (1, 80)), ("vitamin-k2 # (", "vitamin-k2-mk7", (0, 0))]
)
def test_a_joined_name_reaches_to_its_end(ruleset: RuleSet, before: str, name: str, place: tuple[int, int]) -> None:
    """From the first of two that stand side by side to the second; one in brackets stays where the other was."""
    rest = _pieces(ruleset, before)
    (piece,) = _pieces(ruleset, name)
    joins(rest, piece._replace(start=70, end=80), _pieces(ruleset, ")"), ruleset.vocabulary)
    joined = next(one for one in rest if one.role == "name" and one.value.id == name)
    assert (joined.start, joined.end) == place


@pytest.mark.parametrize(
    "before, after, element",
    [
        ("calcium salt # ( #", ")", True),
        ("calcium ( #", ")", True),
        ("magnesium ( #", ")", False),
        ("calcium ( salt", ")", False),
        ("calcium , #", ")", False),
        ("#", "", False),
        ("( #", ")", False),
        ("calcium ( #", "salt )", False),
        ("calcium ( #", "as )", False),
        ("magnesium # calcium # ( #", ")", True),
        ("( calcium #", "", False),
    ],
)
def test_a_name_behind_a_weight_in_brackets_says_of_what_it_is(
    ruleset: RuleSet, before: str, after: str, element: bool
) -> None:
    """ "Calcium carbonate 500 mg (200 mg calcium)", and not "(200 mg calcium carbonate)"."""
    (name,) = _pieces(ruleset, "calcium")
    assert is_element(_pieces(ruleset, before), name, _pieces(ruleset, after)) is element


@pytest.mark.parametrize(
    "before, after, element",
    [
        ("calcium salt # (", "# )", True),
        ("calcium # salt (", "# )", True),
        ("calcium salt (", "# )", False),
        ("calcium # (", "# )", False),
        ("magnesium salt # (", "# )", False),
        ("magnesium calcium salt # (", "# )", False),
        ("calcium salt #", "# )", False),
        ("calcium salt # (", "#", False),
        ("calcium salt # (", "# , )", False),
        ("", "# )", False),
    ],
)
def test_brackets_say_what_a_salt_holds(ruleset: RuleSet, before: str, after: str, element: bool) -> None:
    """ "Calcium carbonate 1.5 g (calcium 600 mg)": one substance, its salt and its weight before, a weight in brackets."""
    (name,) = _pieces(ruleset, "calcium")
    assert says_element(_pieces(ruleset, before), name, _pieces(ruleset, after)) is element


def test_what_a_line_lacks_is_kept_in_order(ruleset: RuleSet) -> None:
    """What is missing, what to ask for it by the name of the substance, and why it is not accepted."""
    notes = Notes()
    notes.ask(ruleset.vocabulary["vitamin-d3"], "unit", "which unit?")
    assert (notes.missing, notes.questions, notes.reasons) == (["unit"], ["vitamin D3: which unit?"], [])
    assert (notes.refused, notes.is_checked, notes.assumed) == (False, False, [])
    notes.refuse("too much", "what does the label say?")
    assert notes.refused is True
    assert (notes.missing, notes.reasons) == (["unit"], ["too much"])
    assert notes.questions == ["vitamin D3: which unit?", "what does the label say?"]
