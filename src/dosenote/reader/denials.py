"""What a line says is not taken, or no longer: concluded only where the whole line says nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dosenote.reader.often import is_year
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import SILENT, Segment
from dosenote.vocabulary import Vocabulary, words

#: Words that say that something goes on: "used to take 5000 IU, now 2000 IU".
_STILL = (
    r"(?i)\b(?:now(?!\s+(?:stopped|off|over|finished|discontinued))|still|currently|instead|but|only|jetzt|maintenant"
    r"|ahora)\b"
)
#: What may stand between "no" and what is denied.
_BARE = r"(?i)['\u2019]?\s*(?:(?:any|a|an|the|more|further)\s+)?"
#: What may stand between the things of a list that are all denied, and after the last of them.
_LINK = (
    r"(?i)\s*(?:,|/|&|\b(?:or|and|nor|o|ni|oder|und|ou|e|och|eller|of|en|oraz|lub|ani|и|или|ни)\b|\s)*"
    r"(?:any\s+|an?\s+|d['\u2019]\s*|de\s+)?"
)
#: A purpose, and no denial; "with my meds" bounds one.
_TO_AVOID = (
    r"(?i)\bto (?:avoid|prevent|stop)\b|\bwith (?:my |the )?(?:meds|medicines?|medications?|pills|tablets|drugs)\b"
)
#: Behind what is denied: that it is taken.
_USE = frozenset(("use", "usage", "intake", "consumption"))
_END = (
    r"(?:,?\s+(?i:at the moment|at present|currently|right now|now|these days|momentan|zurzeit|derzeit|aktuell"
    r"|actuellement|en ce moment|actualmente|attualmente))?[\s.!)]*"
)
#: Says only that something is not there with the next: "no calcium without magnesium".
_WITHOUT = frozenset(
    ("without", "sin", "sem", "senza", "sans", "ohne", "utan", "uden", "ilman", "bez", "zonder", "без")
)
#: The words for a date that leave no time open.
_ANY_MORE = frozenset(("anymore", "any more", "any longer", "taking it"))
#: Those of them that say that it was so before.
_ONCE_SO = _ANY_MORE - {"taking it"}
#: May be an order for later, or a break.
_FOR_NOW = frozenset(
    (
        "stop",
        "discontinue",
        "not taking",
        "d/c",
        "dc",
        "on hold",
        "paused",
        "held",
        "pausiert",
        "arrêt",
        "arrêt du",
        "arrêt de",
    )
)
#: The order of a discharge list: "STOP warfarin 5 mg tablet", "Discontinue: D3", "stop taking aspirin".
_ORDER = (
    r"\W*(?:(?:STOP|DISCONTINUE)\b|(?i:not taking\s*:)|(?i:stop|discontinue)(?:\s*:|\s+taking\b))"
    r"(?!.*\b(?:then|until|after|if|as (?:prescribed|directed|ordered|instructed))\b)"
)
#: What such an order does not hold: when, for how long, how it goes on.
_OPEN_ORDER = frozenset(("date", "since", "event", "duration", "period", "then", "until", "days"))
#: That nothing was taken since: of what, another word has to tell.
_SINCE = frozenset(("nothing since", "none since"))
#: With an "on" behind it: discharged, and this is taken.
_DISCHARGED = frozenset(("d/c", "dc", "d/c'd", "dc'd"))
#: Said of an amount, these may mean that another is taken now.
_CHANGED = frozenset(
    (
        "no longer", "no longer taking", "no longer takes", "no longer uses", "no longer using", "no longer on",
        "used to take",
        "used to be on", "nicht mehr", "ya no", "ya no tomo", "ya no toma", "non prendo più", "non prende più",
        "non assumo più", "non assume più",
        "больше не", "je ne prends plus", "ne prends plus", "prends plus", "je prends plus", "prend plus",
        "ne prend plus", "il prend plus", "elle prend plus", "on prend plus", "il ne prend plus",
        "elle ne prend plus", "on ne prend plus",
    )
)  # fmt: skip
#: With one of these only a part has ended, or it is not said what.
_PARTLY = frozenset(
    (
        "season",
        "duration",
        "period",
        "unclear",
        "alternate",
        "rest",
        "food",
        "fasting",
        "many",
        "except",
        "half",
        "form",
    )
)
#: A break before something, or until something.
_FOR_A_WHILE = (
    r"(?i)\b(?:before|prior to|till|bis|hasta|jusqu|fino|for (?:my |the )?(?:surgery|operation|procedure)|temporar\w*"
    r"|vor)\b"
)
_DOSES = frozenset(("amount", "quantity", "count", "many", "schedule", "time", "meal", "season", "duration", "period"))
#: What may be told of an end: when, why, and after what.
_OF_AN_END = frozenset(
    ("date", "since", "because", "quantity", "long", "too", "thousand", "apart", "stopped", "denied", "event")
)
#: Words that join an end to what has ended: "warfarin was then stopped", "stopped taking my warfarin".
_JOINING = frozenset(
    (
        "was", "were", "is", "has", "have", "been", "i", "i've", "it", "its", "also", "too", "then", "now", "by",
        "dr", "doctor", "gp", "pharmacist", "cardiologist", "consultant", "specialist", "clinic", "hospital",
        "my", "the", "a", "all", "of", "in", "on", "at", "to", "for", "taking", "take", "using",
        "use", "since", "after", "course", "seit", "im", "am", "vom", "ich", "habe", "wurde", "worden", "ist",
        "die", "der", "das", "den", "mein", "meine", "einnahme", "nehme", "es", "en", "le", "la", "les", "l", "du",
        "de", "j'ai", "été", "mon", "ma", "depuis", "prendre", "el", "los", "las", "mi", "he", "desde", "se", "ha",
        "il", "lo", "ho", "sono", "stato", "dal", "o", "em", "foi", "het", "ik", "ben", "met", "mijn", "med",
        "jag", "jeg", "har", "already", "ago",
    )
)  # fmt: skip
_WORD = r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*"
#: Where the clause of an end is over.
_OVER = r"[,;.()\[\]–—:|]|\s-\s"
#: Parts an end from the name behind it: "stopped in May, Eliquis", "stopped in May - Eliquis"; not "Stopped - Eliquis".
_PARTED = r"[,;.()\[\]|]|\S\s*[–—]|\S\s+-\s"


def denied_of(text: str, pieces: list[Piece]) -> tuple[str, ...]:
    """What a line denies that says no more than that: "no kidney stones", "no D3, no K2"; not "No, warfarin".

    Of several names after one "no" the last must follow an "or": "no statins, warfarin" may say that warfarin is taken.
    """
    groups: list[list[Piece]] = []
    end = 0  # of what was denied last
    for piece in pieces:
        if piece.role == "denied" and piece.value != "none" and (not groups or piece.value not in _WITHOUT):
            if groups and not re.fullmatch(_LINK, text[end : piece.start]):
                return ()
            groups.append([piece])
        elif groups and piece.role == "or":
            groups[-1].append(piece)
        elif groups and piece.role == "name" and piece.value.kind != "lab":
            before = _BARE if groups[-1][-1].role == "denied" else _LINK
            if not re.fullmatch(before, text[(groups[-1][-1].end if before is _BARE else end) : piece.start]):
                return ()
            groups[-1].append(piece)
            end = piece.end
        elif groups and (piece.role == "heading" or _is_use(piece)) and groups[-1][-1].role == "name":
            if _has_condition(groups[-1][-1:]):
                return ()  # "no osteoporosis meds"
            end = piece.end  # "no calcium supplements", "denies K2 use"
        elif piece.role == "date" and piece.value in _ANY_MORE:
            end = piece.end
        elif piece.role not in SILENT:
            return ()
    if not groups or not re.fullmatch(_END, text[end:]) or not all(_denies_all(text, group) for group in groups):
        return ()
    names = [piece for group in groups for piece in group if piece.role == "name"]
    is_of_now = any(piece.role == "date" for piece in pieces) or text[end:].strip(" .!)")
    if re.search(_TO_AVOID, text) or (is_of_now and _has_condition(names)):
        return ()  # "no kidney stones anymore", "currently": there were some, or may have been
    if any(piece.value.is_narrower(text[piece.start : piece.end]) for piece in names):
        return ()
    return tuple(dict.fromkeys(piece.value.id for group in groups for piece in group if piece.role == "name"))


def _is_use(piece: Piece) -> bool:
    return piece.role == "word" and piece.value in _USE


def was_taken(pieces: list[Piece]) -> bool:
    """Whether what a line denies was so before: "I don't take K2 anymore"."""
    return any(piece.role == "date" and piece.value in _ONCE_SO for piece in pieces)


def _has_condition(names: list[Piece]) -> bool:
    return any(piece.value.kind == "condition" for piece in names)


def _denies_all(text: str, group: list[Piece]) -> bool:
    """Whether a "no" holds for all the names after it, at least one."""
    names = [piece for piece in group if piece.role == "name"]
    links = {text[one.end : two.start] for one, two in pairwise(names)}
    ors = [piece.role for piece in group].count("or")
    last = [piece.role for piece in group[-2:]] == ["or", "name"]
    return len(names) == 1 or links == {"/"} or (last and (ors == 1 or ors == len(names) - 1))


def has_ended(
    text: str,
    pieces: list[Piece],
    turning: list[Piece],
    segments: list[Segment],
    conditions: list[Piece],
    dates: frozenset[str],
) -> bool:
    """Whether a line only says that all that it names is no longer taken: "stopped warfarin in May".

    Not where something goes on or comes back, where two doses are named, or where a dose follows: "no longer 5 mg".
    conditions: those that were taken out of the pieces. dates: every word of a date.
    """
    spans = [*pieces, *conditions]
    ends = [piece for piece in turning if piece.role == "stopped" and piece.value not in _SINCE]
    roles = [piece.role for piece in pieces]
    is_order = len(ends) == 1 and bool(re.match(_ORDER, text)) and _OPEN_ORDER.isdisjoint(roles)
    if not ends or re.search(_STILL, text) or (not is_order and any(piece.value in _FOR_NOW for piece in ends)):
        return False
    past = all(piece.value.startswith(("was", "used", "previously", "formerly")) for piece in ends)
    if any(
        piece.role != "stopped" and (piece.role != "until" or not past or piece.start < ends[0].start)
        for piece in turning
    ):
        return False
    names = roles.count("name")
    of_names = [(end, _name_of(text, spans, end, dates)) for end in ends]
    ended = {name for _, name in of_names if name is not None}
    if len(ended) + len(_also(text, pieces)) < max(len(segments), names) or re.search(_FOR_A_WHILE, text):
        return False  # "stopped calcium; Tums 500 mg", "stopped warfarin, stopped in May, Eliquis": the second goes on
    if any(name is None and not _says_again(text, spans, end, dates) for end, name in of_names):
        return False
    years = sum(piece.role == "quantity" and is_year(piece.value) for piece in pieces)  # "warfarin 2019 stopped"
    told = [roles.count("amount"), roles.count("count") + roles.count("quantity") - years, roles.count("schedule")]
    times = roles.count("time") + roles.count("meal")
    if max(*told, times) > names or not (_PARTLY - {"form"} if is_order else _PARTLY).isdisjoint(roles):
        return False
    if any(told[1:]) or times:  # a part of the day, one of two tablets: the rest may go on
        whole = told[0] == names and not any(piece.value.days for piece in pieces if piece.role == "schedule")
        if not whole and "thousand" not in roles:
            return False
    firm = {name for end, name in of_names if end.value not in _CHANGED}
    if told[0] and any(end.value in _CHANGED and name not in firm for end, name in of_names):
        return False  # not "used to take K2 100 mcg daily, quit last year"
    return not any(_goes_on_after(piece, pieces) for piece in ends)


#: Between two statements, and between two names of one thing: "stopped Coumadin. Warfarin", "Coumadin (warfarin)".
_STATED = r"[.;|:\u2022\u00b7\t\u2013\u2014]|\s-\s"
_WITHIN = r"[.,]\s|\s\(|\s[-\u2013]\s"
_OPENS, _CLOSES = r"\s*[(\[/]\s*", r"\s*[)\]]"


def named_again(text: str, names: Sequence[Piece], pieces: list[Piece], vocabulary: Vocabulary) -> bool:
    """Whether a second name may begin a statement of its own: "stopped Coumadin. Warfarin 5 mg daily" takes warfarin.

    names: all that the line names, also those that mean the same. Not "stopped Coumadin (warfarin) 5 mg daily".
    """
    for one, two in pairwise(names):
        gap = text[one.end : two.start]
        is_same = re.fullmatch(_OPENS, gap) and (gap.strip() == "/" or re.match(_CLOSES, text[two.end :]))
        is_kin = one.value.id in vocabulary.surely(two.value.id) or two.value.id in vocabulary.surely(one.value.id)
        doses = any(piece.role in _DOSES and piece.start > two.start for piece in pieces)
        if is_kin and not is_same and (doses or re.search(_STATED, gap)):
            return True
    for name in names:  # "stopped K2. MK-7 100 mcg daily", "stopped K2 (MK-7 100 mcg daily)": one name, by its words
        first, *more = re.split(_WITHIN, text[name.start : name.end], maxsplit=1)
        closed = "(" in text[name.start : name.end] and (
            text[name.end - 1] == ")" or re.match(_CLOSES, text[name.end :])
        )
        if more and not closed and {words(first), words(more[0])} <= vocabulary.by_name.keys():
            return True
    return False


def _name_of(text: str, pieces: list[Piece], end: Piece, dates: frozenset[str]) -> int | None:
    """Where the name begins of what has ended; None where that is none, as in "warfarin, stopped drinking"."""
    doses = [piece for piece in pieces if piece.role == "name" or piece.role in _DOSES]
    before = max((piece.end for piece in doses if piece.start < end.start), default=None)
    after = min((piece.start for piece in doses if piece.role == "name" and piece.start > end.start), default=None)
    begins = end.end - bool(text[: end.start].strip())  # a dash right behind a first word is that of a heading
    parted = after is not None and re.search(_PARTED, text[begins:after])
    if after is not None and not parted and _joins(text, pieces, end.end, after, dates):
        return None if end.value in _DISCHARGED and text[:after].rstrip().endswith(" on") else after
    if (
        before is None
        or not _joins(text, pieces, before, end.start, dates)
        or not _ends_there(text, pieces, end, dates)
    ):
        return None
    return max((piece.start for piece in doses if piece.role == "name" and piece.start < end.start), default=None)


def _says_again(text: str, pieces: list[Piece], end: Piece, dates: frozenset[str]) -> bool:
    """Whether a clause of its own says again that something has ended: "stopped in May, do not restart"."""
    start = max((match.end() for match in re.finditer(_OVER, text) if match.end() <= end.start), default=0)
    return start > 0 and _joins(text, pieces, start, end.start, dates) and _ends_there(text, pieces, end, dates)


def _ends_there(text: str, pieces: list[Piece], end: Piece, dates: frozenset[str]) -> bool:
    """Whether the rest of its clause says no more than when and why."""
    over = re.search(_OVER, text[end.end :])
    return _joins(text, pieces, end.end, end.end + over.start() if over else len(text), dates)


def _joins(text: str, pieces: list[Piece], start: int, stop: int, dates: frozenset[str]) -> bool:
    """Whether all that stands in a stretch of the line is when, why, and words that join."""
    told = False
    for piece in sorted(pieces, key=lambda piece: piece.start):
        reason = told and piece.role == "complaint"
        if start <= piece.start < stop and (piece.role in _OF_AN_END or reason):
            text = text[: piece.start] + " " * (piece.end - piece.start) + text[piece.end :]
            told = True
    joining = _JOINING | dates
    return all(word.casefold() in joining for word in re.findall(_WORD, text[start:stop]))


def _goes_on_after(end: Piece, pieces: list[Piece]) -> bool:
    """Whether a dose follows the word, and its name comes before: "warfarin, no longer 5 mg"."""
    after = [piece.role for piece in pieces if piece.start > end.start and piece.role not in SILENT]
    return bool(after) and after[0] in _DOSES and any(one.role == "name" and one.start < end.start for one in pieces)


def _also(text: str, pieces: list[Piece]) -> list[Piece]:
    """The "too" of each thing that has ended as the one before it: "D3 stopped, K2 too", and nothing after it."""
    return [
        piece
        for parts, name, piece in zip(pieces, pieces[1:], pieces[2:], strict=False)
        if piece.role == "too"
        and name.role == "name"
        and parts.role in ("comma", "semicolon", "and")
        and not text[parts.end : name.start].strip()
        and not text[name.end : piece.start].strip()
        and re.fullmatch(_END, text[piece.end :])
    ]
