"""Numbers in English words, as a dictated line has them, → number tokens: "five thousand", "two point five"."""

from __future__ import annotations

from decimal import Decimal

from dosenote.reader.tokens import NUMBERED, Token

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
#: What can only be part of a number in words; "one" to "fifteen" by themselves are in the vocabulary.
TELLING = frozenset((*_TENS, *_SCALES, "point", "sixteen", "seventeen", "eighteen", "nineteen"))
#: After these a number in words may be part of a name: vitamin D three, K two, M K seven, B twelve.
_NUMBERED = frozenset(("d", "k", "mk", "b"))


def with_numbers(tokens: list[Token]) -> list[Token]:
    """The tokens with each number in words as one token in figures.

    "Vitamin D three thousand" may be 3,000 or vitamin D3, and "two fifty" 250 or twice 50: such words stay as they are,
    and so nothing of them is counted.
    """
    found: list[Token] = []
    here = 0
    while here < len(tokens):
        value, end = _number(tokens, here)
        first = tokens[here].text
        named = found and found[-1].text in _NUMBERED and first not in (*_TENS, "a")  # no vitamin is D20
        small = found and (found[-1].text in _ONES or found[-1].text in _TEENS)
        unclear = named or (small and first in _TENS) or _word(tokens, end) in _SCALES
        if value is None or unclear or (end - here == 1 and first not in TELLING):
            found.append(tokens[here])
            here += 1
        else:
            found.append(Token("number", value, tokens[here].start, tokens[end - 1].end, tokens[here].glued))
            here = end
    return found


def _number(tokens: list[Token], here: int) -> tuple[str | None, int]:
    """The number in words that begins here, in figures, and the place after it; None where none begins."""
    total, end = _hundreds(tokens, here)
    if total is None:
        return None, here
    if _word(tokens, end) == "thousand":
        total *= 1000
        end += 1
        rest, after = _hundreds(tokens, end + (_word(tokens, end) == "and"))
        if rest:
            total, end = total + rest, after
    figures = ""
    if _word(tokens, end) == "point":
        after = end + 1
        while _word(tokens, after) in _ONES:
            figures += str(_ONES[_word(tokens, after)])
            after += 1
        end = after if figures else end
    return str(total) + (figures and f".{figures}"), end


def _hundreds(tokens: list[Token], here: int) -> tuple[int | None, int]:
    total, end = _below_hundred(tokens, here)
    if total is None or _word(tokens, end) != "hundred":
        return total, end
    end += 1
    rest, after = _below_hundred(tokens, end + (_word(tokens, end) == "and"))
    return (total * 100 + rest, after) if rest else (total * 100, end)


def _below_hundred(tokens: list[Token], here: int) -> tuple[int | None, int]:
    word = _word(tokens, here)
    if word == "a" and _word(tokens, here + 1) in _SCALES:
        return 1, here + 1  # "a thousand units"
    if word in _TENS:
        place = here + 2 if _word(tokens, here + 1) == "-" else here + 1
        ones = _ONES.get(_word(tokens, place))
        return (_TENS[word] + ones, place + 1) if ones else (_TENS[word], here + 1)
    value = _ONES.get(word, _TEENS.get(word))
    return value, here + 1


def _word(tokens: list[Token], place: int) -> str:
    return tokens[place].text if place < len(tokens) else ""


# --- so many nights

#: Times of day and days of which there are several: so many of them are no count of what is taken.
_NIGHTS = frozenset(
    ("nights", "nites", "mornings", "evenings", "afternoons", "bedtimes", "middays", "lunchtimes", "dinnertimes",
     "breakfasts", "lunches", "dinners", "suppers", "mañanas", "manhãs", "tardes", "noches", "noites", "matins",
     "soirs", "nuits", "abende", "abenden", "nächte", "nächten", "mattine", "sere", "notti", "weeknights",
     "ochtenden", "avonden", "nachten", "kvällar", "nætter", "netter", "nätter")
)  # fmt: skip
_DAYS = frozenset(
    ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays", "weekends", "weekdays",
     "workdays", "lunes", "martes", "miércoles", "jueves", "viernes",
     "lundis", "mardis", "mercredis", "jeudis", "vendredis", "samedis", "dimanches", "sábados", "domingos",
     "måndagar", "fredagar", "söndagar")
)  # fmt: skip
_SEVERAL = _NIGHTS | _DAYS
#: One of them, which before a period stands for several: "3 night a week".
_NIGHT = frozenset(("night", "morning", "evening", "afternoon", "nite"))
NIGHTS = _SEVERAL | _NIGHT
#: Between so many of them and the period, and the period.
_A = frozenset(("a", "per", "/", "each", "every", "in", "out", "of", "the", "pro", "par", "por", "la", "ogni"))
_PERIODS = frozenset(
    ("week", "month", "wk", "mo", "weekly", "monthly", "woche", "monat", "semaine", "mois", "semana", "mes", "mês",
     "settimana", "mese")
)  # fmt: skip
#: Numbers in words that stand before them, and what may stand between.
_SO_MANY = (frozenset(_ONES) | frozenset(_TEENS) | {"dos", "tres", "deux", "trois", "zwei", "drei", "due", "tre"}) - {
    "zero",
    "one",
}
_KINDS = frozenset(
    ("week", "work", "late", "early", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
)


def with_nights(tokens: list[Token]) -> list[Token]:
    """The tokens with "3 nights a week" as "3 days a week", and "3 nights", "2 Mondays" as a word nobody knows.

    "2 at night", "2 nocte" and "2 nightly" stay: how many pieces.
    """
    found: list[Token] = []
    for here, token in enumerate(tokens):
        place = len(found) - 1
        if token.text in _SEVERAL and found and found[-1].text in _KINDS:
            place -= 1
        if place < 0 or token.text not in NIGHTS or not _is_so_many(found[place]):
            found.append(token)
            continue
        after = here + 1
        while _word(tokens, after) in _A:
            after += 1
        often = _word(tokens, after) in _PERIODS
        named = found[place].text in NUMBERED.get(found[place - 1].text, ())
        if named and not often:
            found.append(token)  # "vitamin D 3 mornings"
        elif often and not named and token.text not in _DAYS and (token.text in _NIGHTS or after > here + 1):
            found[place + 1 :] = [token._replace(text="days")]
        elif token.text in _SEVERAL or often:  # "3 night weekly": three nights, or three pieces on one?
            many = found[place]
            found[place:] = [many._replace(kind="word", text=f"{many.text} {token.text}", end=token.end)]
        else:
            found.append(token)
    return found


def _is_so_many(token: Token) -> bool:
    """Whether a token is a whole number above one: "1 mornings" and "0.5 Mondays" are counts."""
    return token.text in _SO_MANY or (token.text.isdecimal() and Decimal(token.text) > 1)
