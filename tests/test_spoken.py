"""Numbers in words: whatever number is said, in any of the ways in which it is said, it is that number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosenote.reader.spoken import with_numbers
from dosenote.reader.tokens import Token, tokenise

SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _below_hundred(number: int, hyphen: str) -> str:
    if number < 20:
        return SMALL[number]
    tens, ones = divmod(number, 10)
    return TENS[tens - 2] + (hyphen + SMALL[ones] if ones else "")


def _in_words(number: int, hyphen: str, link: str) -> str:
    """From 1 to 99,999, as somebody says it who says "and", or does not."""
    parts = []
    for size, name in ((1000, "thousand"), (100, "hundred")):
        many, number = divmod(number, size)
        if many:
            parts.append(f"{_below_hundred(many, hyphen)} {name}")
    if number or not parts:
        parts.append(_below_hundred(number, hyphen))
    return f" {link} ".join(parts) if link else " ".join(parts)


def _read(text: str) -> list[str]:
    return [token.text for token in with_numbers(tokenise(text))]


@given(st.integers(16, 99_999), st.sampled_from([" ", "-"]), st.sampled_from(["", "and"]))
def test_a_number_in_words_is_that_number(number: int, hyphen: str, link: str) -> None:
    """With or without hyphens and "and", between other words, and with a place of its own in the line."""
    said = _in_words(number, hyphen, link)
    assert with_numbers(tokenise(f"take {said} mg")) == [
        Token("word", "take", 0, 4, False),
        Token("number", str(number), 5, 5 + len(said), False),
        Token("word", "mg", 6 + len(said), 8 + len(said), False),
    ]


@given(st.integers(0, 99), st.integers(0, 99))
def test_so_many_hundreds_and_hundreds_of_thousands(hundreds: int, rest: int) -> None:
    """Twenty-five hundred is 2,500, and two hundred and fifty thousand 250,000."""
    more = f" and {_below_hundred(rest, '-')}" if rest else ""
    said = f"{_below_hundred(hundreds, '-')} hundred{more}"
    assert _read(f"take {said}") == ["take", str(hundreds * 100 + rest)]
    assert _read(f"take {said} thousand mg") == ["take", str((hundreds * 100 + rest) * 1000), "mg"]


@given(st.sampled_from([*range(10), *range(20, 100)]), st.lists(st.integers(0, 9), min_size=1, max_size=3))
def test_figures_after_a_point(whole: int, figures: list[int]) -> None:
    """Two point five is 2.5, one figure after the other."""
    said = " ".join(SMALL[figure] for figure in figures)
    assert _read(f"take {_below_hundred(whole, '-')} point {said} mg") == [
        "take", f"{whole}.{''.join(map(str, figures))}", "mg"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, read",
    [
        ("take two tablets", "take two tablets"),  # the vocabulary knows them
        ("take fifteen tablets", "take fifteen tablets"),
        ("take sixteen tablets", "take 16 tablets"),
        ("take nineteen", "take 19"),
        ("forty", "40"),
        ("twenty - four", "24"),
        ("twenty - four thousand", "24000"),
        ("twenty - ten", "20 - ten"),
        ("thirty zero", "30 zero"),
        ("two hundred and tablets", "200 and tablets"),
        ("two thousand and tablets", "2000 and tablets"),
        ("twenty point", "20 point"),
        ("point five", "point five"),
        ("hundred", "hundred"),
        ("two thousand thousand", "two thousand thousand"),
        ("vitamin d three thousand", "vitamin d three thousand"),  # 3,000, or thousand of D3
        ("vitamin k two hundred", "vitamin k two hundred"),
        ("m mk seven hundred", "m mk seven hundred"),
        ("vitamin b twelve hundred", "vitamin b twelve hundred"),
        ("vitamin c three thousand", "vitamin c 3000"),
        ("two fifty", "two fifty"),  # 250, or twice 50
        ("twelve fifty", "twelve fifty"),
        ("thirty fifty", "30 50"),
        ("two five hundred", "two 500"),
        ("5 fifty", "5 50"),
        ("", ""),
    ],
)
def test_words_that_are_no_number_or_may_be_two_stay_as_they_are(text: str, read: str) -> None:
    """What has two meanings is left to be asked about; of a small number alone the rest of the reader knows more."""
    assert _read(text) == read.split()


def test_a_number_stands_right_behind_what_stood_before_its_words() -> None:
    """Nothing between a bracket and the number: glued; a space: not."""
    glued = [token.glued for token in with_numbers(tokenise("(fifty mg)"))]
    assert glued == [False, True, False, True]
