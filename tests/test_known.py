"""Texts by number: each is found as itself, or not at all."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("numpy")

import numpy as np

from dosenote.batch import known
from dosenote.batch.known import WIDTH, Texts, words_of


def words(texts: list[bytes]) -> object:
    """The texts as rows of words, cut out of one array with other things between them."""
    data, starts = b"", []
    for text in texts:
        starts.append(len(data) + 1)
        data += b"\xff" + text
    array = np.frombuffer(data + b"\xff" * WIDTH, np.uint8)
    return words_of(array, np.array(starts), np.array([len(text) for text in texts]))


def numbers(table: Texts, texts: list[bytes]) -> list[int]:
    return table.numbers(words(texts)).tolist()


def some(many: int, seed: int = 1) -> list[bytes]:
    """Different texts of every length, many of them the same but for a byte or for what is behind them."""
    chance = random.Random(seed)
    found = {b"", b"a", b"a" * WIDTH, b"a" * (WIDTH - 1)}
    while len(found) < many:
        text = bytes(chance.choices(b"ab \xc3", k=chance.randrange(WIDTH + 1)))
        found |= {text, text[:-1], (text + b"a")[:WIDTH]}
    return chance.sample(sorted(found), many)


def test_each_text_is_found_as_itself() -> None:
    """Those that were added have their numbers; no other text has one, however like one of them it is."""
    table, texts = Texts(), some(4000)
    table.add(words(texts[:2000]), np.arange(2000, dtype=np.int32) + 7)
    table.add(words(texts[2000:2001]), np.array([5], np.int32))
    assert numbers(table, texts) == [*range(7, 2007), 5, *[-1] * 1999]
    table.forget()
    assert set(numbers(table, texts)) == {-1}


def test_texts_of_one_slot_are_not_taken_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all of them belong into one slot, some are not remembered; those that are have their own numbers."""
    monkeypatch.setattr(known, "_FACTORS", np.zeros_like(known._FACTORS))
    table, texts = Texts(), some(100)
    for place, text in enumerate(texts):
        table.add(words([text]), np.array([place], np.int32))
    found = numbers(table, texts)
    assert {number for place, number in enumerate(found) if number != place} == {-1}
    assert sum(number >= 0 for number in found) == known._STEPS


def test_more_texts_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old ones are forgotten, the new ones are found."""
    monkeypatch.setattr(known, "_MOST", 50)
    table, texts = Texts(), some(80)
    table.add(words(texts[:40]), np.arange(40, dtype=np.int32))
    table.add(words(texts[40:]), np.arange(40, 80, dtype=np.int32))
    assert numbers(table, texts) == [*[-1] * 40, *range(40, 80)]
    table.add(words(texts), np.arange(80, dtype=np.int32))
    assert numbers(table, texts[:50]) == [*range(50)]
