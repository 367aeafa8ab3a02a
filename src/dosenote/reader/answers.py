"""The answers of a form → statements: "Blood thinners: none" → "no blood thinners", "Warfarin? yes" → "Warfarin"."""

from __future__ import annotations

import re
from typing import NamedTuple

from dosenote.reader.phrases import any_of
from dosenote.vocabulary import Vocabulary


class Answer(NamedTuple):
    """One answer. said: what may be read for it, the first that is clear; is_yes: whether it says yes."""

    said: tuple[str, ...]
    is_yes: bool


class Answers:
    """Finds answers by the words of [answer] in vocabulary/writing.toml. Build it once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        said = {key: any_of(words) for key, words in vocabulary.writing["answer"].items()}
        asked = rf"\s*(?:{said['asking']}\s+)*(?P<what>[^\W\d][^:?;,|]*)[?:]\s*:?\s*"
        #: Behind a yes may stand which one: "Blood thinner: yes, warfarin 5 mg daily", "yes (warfarin)".
        which = r"\s*[(,:/\u2013\u2014-]\s*(?P<which>[^\W_].*)"
        self._denying = vocabulary.writing["answer"]["denying"]
        self._sex = re.compile(rf"\s*{said['sex']}\s*:\s*(\w+)[\s.]*", re.IGNORECASE)
        self._no = re.compile(rf"{asked}{said['no']}[\s.!]*", re.IGNORECASE)
        self._yes = re.compile(rf"{asked}{said['yes']}(?:{which}|[\s.!]*)", re.IGNORECASE)

    def answer(self, line: str) -> Answer | None:
        """What a line answers, or None where it is no question with an answer."""
        if ":" not in line and "?" not in line:
            return None
        sex, no = self._sex.fullmatch(line), self._no.fullmatch(line)
        if sex is not None:
            return Answer((f"sex {sex[1]}",), True)
        if no is not None:
            return Answer(tuple(f"{word} {no['what'].strip()}" for word in self._denying), False)
        yes = self._yes.fullmatch(line)
        if yes is None:
            return None
        which = f": {yes['which'].rstrip(' .)')}" if yes["which"] else ""
        return Answer((yes["what"].strip() + which,), True)
