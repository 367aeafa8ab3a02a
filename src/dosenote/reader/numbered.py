"""Numbers behind the letter of a vitamin that may belong to it or be how many: "vitamin D two 1000 unit capsules"."""

from __future__ import annotations

from dosenote.reader.phrases import END, Meaning, Trie, role_of
from dosenote.reader.tokens import NUMBERED, Token

#: Written behind D or K, these complete the name or count what follows.
_COUNTS = frozenset(("two", "three"))
#: May stand between a form and how many are taken: "capsules, take one daily".
_BETWEEN = frozenset((",", ":", "-", "(", "take", "takes", "taking"))
#: Between how many and how much.
_TIMES = frozenset(("x", "\u00d7", "*"))
#: May part a name from its amount.
_PARTS = frozenset((",", ":", "-", "="))
#: So many digits behind a space may be the end of a number: "3 400" is 3,400 in some countries.
_DIGITS = 3
#: So many words at most stand between the number and the pieces: "1000 unit vegan".
_MOST_BETWEEN = 4


def before_form(tokens: list[Token], end: int, trie: Trie) -> bool:
    """Whether a number stands between a letter that it may complete and a form: "vitamin B 12 tabs", "B six ...".

    In "vitamin D 3 x 2000 IU" it may be D3 as well as three times; in "vitamin D 3x 2000 IU" it is three times.
    """
    numbers = NUMBERED.get(tokens[end - 1].text)
    if numbers is None or end + 1 >= len(tokens):
        return False
    token = tokens[end]
    if token.text in numbers:
        follows, after = tokens[end + 1], tokens[end + 2] if end + 2 < len(tokens) else None
        is_times = follows.text in _TIMES and not follows.glued and after is not None and after.kind == "number"
        return is_times or role_of(trie, follows.text) == "form"
    if tokens[end + 1].kind != "number" and role_of(trie, tokens[end + 1].text) != "form":
        return False  # "vitamina D dos mil unidades"
    meaning = trie.get(token.text, {}).get(END)
    return meaning is not None and meaning[0] == "number_word" and str(meaning[1][0]) in numbers


def completed(tokens: list[Token], here: int, end: int, trie: Trie) -> Meaning | None:
    """The name that the number behind its letter completes: "vitamin D 3 2000 IU" is D3; None where nobody can tell.

    In "vitamin D 3 1000 IU tablets" it may be how many, in "vitamin D 3 400 IU" the thousands.
    """
    if end >= len(tokens) or tokens[end].text not in NUMBERED.get(tokens[end - 1].text, ()) or tokens[end].glued:
        return None
    place = end + 1
    is_parted = place < len(tokens) and tokens[place].text in _PARTS
    place += is_parted
    if place + 1 >= len(tokens) or tokens[place].kind != "number" or tokens[place].text.startswith("0"):
        return None
    may_be_thousands = not is_parted and tokens[place].text.isdigit() and len(tokens[place].text) == _DIGITS
    if may_be_thousands or tokens[place].glued or role_of(trie, tokens[place + 1].text) != "unit":
        return None
    if any(
        role_of(trie, token.text) == "form" and token.text.endswith("s") and not _is_counted(tokens, number + 1, trie)
        for number, token in enumerate(tokens[place:], place)
    ):
        return None
    *before, letter = (token.text for token in tokens[here:end])
    node = trie
    for word in (*before, letter + tokens[end].text):
        node = node.get(word, {})
    return node.get(END)


def may_count(tokens: list[Token], end: int, trie: Trie) -> bool:
    """Whether the last word of a name may be how many pieces: a plural follows, and no other number says how many."""
    last, before = tokens[end - 1], tokens[end - 2].text
    if last.text not in _COUNTS or (before == "-" and last.glued):
        return False
    if before == ",":
        return True  # "vitamin D, two capsules"
    place = end
    if _is_counted(tokens, end, trie) or (end < len(tokens) and role_of(trie, tokens[end].text) == "number_word"):
        return False  # "vitamin D three two 1000 unit capsules"
    while place < min(len(tokens), end + _MOST_BETWEEN) and tokens[place].text not in _BETWEEN:
        text = tokens[place].text
        if role_of(trie, text) == "form":
            return text.endswith("s") and not _is_counted(tokens, place + 1, trie)
        if role_of(trie, text) == "name":
            return False
        place += 1
    return False


def _is_counted(tokens: list[Token], place: int, trie: Trie) -> bool:
    """Whether how many are taken stands there: "one daily", "1 capsule"; and not "3 times daily"."""
    while place < len(tokens) and tokens[place].text in _BETWEEN:
        place += 1
    if place + 1 >= len(tokens):
        return False
    is_number = tokens[place].kind == "number" or role_of(trie, tokens[place].text) == "number_word"
    return is_number and role_of(trie, tokens[place + 1].text) in ("form", "schedule", "every", "time", "meal")
