"""A product named in a line → what its label says it holds, as the segments of its ingredients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, Protocol

from dosenote.products import Ingredient, Product
from dosenote.quantity import Amount, convert, show_number
from dosenote.reader.guard import likely
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import Segment, take
from dosenote.reader.tokens import Token
from dosenote.vocabulary import Vocabulary

Key = tuple[str, ...]
#: No product has a name of more words.
_LONGEST_NAME = 24
#: A label amount may be rounded.
_SAME = 0.03
#: Another strength of a product holds no more than so many times as much.
_FURTHEST = 4
#: Words for pieces that are swallowed whole: a label that says tablet is meant by somebody who says pill.
_SOLID = frozenset(("tablet", "caplet", "chewable", "capsule", "softgel", "gummy", "lozenge", "serving"))


class Labels(Protocol):
    """Where products are looked up by name: those of the rules, and those that were imported."""

    def find(self, keys: Iterable[Key]) -> Mapping[Key, tuple[Product, ...]]:
        """The products that have one of these names, by that name; names that none has are left out."""
        ...


class Named(NamedTuple):
    """A product named in a line: which tokens name it, the name as words, and the products of that name."""

    first: int
    end: int
    key: Key
    products: tuple[Product, ...]


def named_product(tokens: Sequence[Token], labels: Sequence[Labels]) -> Named | None:
    """The product with the longest name in the line, or None. A number before a unit is an amount, not a name."""
    spans: dict[Key, tuple[int, int]] = {}
    for first, token in enumerate(tokens):
        if token.kind == "symbol":
            continue
        words: list[str] = []
        for end in range(first, len(tokens)):
            if tokens[end].kind == "symbol":
                continue
            words.append(tokens[end].text)
            if len(words) > _LONGEST_NAME:
                break
            if any(word[0].isalpha() for word in words):
                spans.setdefault(tuple(words), (first, end + 1))
    found: dict[Key, tuple[Product, ...]] = {}
    for source in labels:
        for key, products in source.find(spans).items():
            found.setdefault(key, products)
    if not found:
        return None
    key = max(found, key=lambda key: (len(key), -spans[key][0]))
    return Named(*spans[key], key, found[key])


def with_strengths(text: str, named: Named, pieces: Sequence[Piece], vocabulary: Vocabulary) -> Named:
    """The product with the strengths that the line itself gives: "Fosavance 70 mg/5600 IU", of which 2800 is listed.

    The line names one amount for each thing in it, one of them as listed; the weight of a mineral is never another.
    """
    amounts = [piece for piece in pieces if piece.role == "amount"]
    product = named.products[0]
    gaps = [text[one.end : two.start].strip() for one, two in pairwise(amounts)]
    is_pair = len(amounts) == len(product.ingredients) == 2 and gaps == ["/"] and product.count == 1
    if not is_pair or len(named.products) > 1 or any(piece.value[1] for piece in amounts):
        return named  # of several strengths that are listed the line names one, or a question is in place
    said = [piece.value[0] for piece in amounts]
    told = [_as_said(one, said[number], vocabulary) for number, one in enumerate(product.ingredients)]
    if None in told or not any(one.amount == said[number] for number, one in enumerate(product.ingredients)):
        return named
    name = " ".join(named.key).capitalize()
    held_as_said = tuple(one for one in told if one is not None)
    product = product._replace(name=name, market="", ingredients=held_as_said)
    return named._replace(products=(product._replace(confidence="high", shared=()),))


def _as_said(listed: Ingredient, said: Amount, vocabulary: Vocabulary) -> Ingredient | None:
    """What a product holds with the amount of the line; None where it may be another thing than the listed amount."""
    if listed.amount is None or said.unit != listed.amount.unit or said.low != said.high:
        return None
    if said != listed.amount:
        small, large = sorted((said.low, listed.amount.low))
        if listed.salt or large > _FURTHEST * small or not likely(vocabulary[listed.substance], (said,)):
            return None
    return listed._replace(amount=said)


def segments_of(
    product: Product, pieces: Sequence[Piece], vocabulary: Vocabulary
) -> tuple[list[Segment], list[Piece], bool]:
    """A segment for each ingredient, the pieces that have no place, and whether an amount of the line contradicts.

    pieces: the line's, without the product's name.
    """
    segments = [_segment(product, ingredient, vocabulary) for ingredient in product.ingredients]
    unread: list[Piece] = []
    fits = True
    for number, piece in enumerate(pieces):
        if piece.role == "amount":
            fits = fits and any(_agrees(piece.value[0], one, product, vocabulary) for one in product.ingredients)
            continue
        if piece.role == "name":
            held = {id for one in product.ingredients for id in vocabulary.surely(one.substance)}
            if piece.value.id not in held or _is_added(pieces, number):
                unread.append(piece)
            continue
        follows = pieces[number + 1].role if number + 1 < len(pieces) else ""
        if piece.role == "quantity" and follows in ("schedule", "time", "meal"):
            piece = piece._replace(role="count", value=(piece.value, ""))
        if piece.role == "salt":
            continue
        taken = [take(segment, piece, follows) for segment in segments]
        if not all(taken):
            unread.append(piece)
    return segments, unread, fits


def _is_added(pieces: Sequence[Piece], number: int) -> bool:
    """Whether the last name of a line comes to what its product holds: "Caltrate 600+D3 2 daily, D3"."""
    roles = [piece.role for piece in pieces[:number]]
    told = not {"count", "quantity", "schedule", "time", "meal"}.isdisjoint(roles)
    is_within = roles.count("open") > roles.count("close")
    joined = roles[-1:] in (["comma"], ["plus"], ["and"], ["semicolon"]) and roles[-2:-1] != ["name"]
    return number == len(pieces) - 1 and told and joined and not is_within


def _segment(product: Product, ingredient: Ingredient, vocabulary: Vocabulary) -> Segment:
    segment = Segment(vocabulary[ingredient.substance])
    segment.element, segment.salt = ingredient.amount, ingredient.salt
    segment.per, segment.per_form = product.count, product.form
    return segment


def _agrees(said: Amount, ingredient: Ingredient, product: Product, vocabulary: Vocabulary) -> bool:
    """Whether an amount in the line is one that the label gives: of a serving, of a piece, or of the salt."""
    entry = vocabulary[ingredient.substance]
    for amount in (ingredient.amount, ingredient.also):
        if amount is None or said.high is None:
            continue
        value = convert(said.low, said.unit, amount.unit, entry.mcg_per_iu)
        if value is None:
            continue
        salts = [salt for salt in entry.salts if salt.id == ingredient.salt]
        shares = [1.0]
        for salt in salts:
            shares += [float(salt.elemental_low), float(salt.elemental_high)]
        whole = float(amount.low)
        for pieces in (Decimal(1), product.count):
            for share in shares:
                if abs(float(value) - whole / float(pieces) / share) <= _SAME * float(value):
                    return True
    return False


def describe(product: Product, vocabulary: Vocabulary) -> str:
    """What a label says, to be confirmed: "Adcal-D3 Caplets (UK): 1 caplet holds 300 mg calcium, 200 IU vitamin D3"."""
    held = []
    for one in product.ingredients:
        label = vocabulary[one.substance].label
        held.append(f"{_written(one.amount)} {label}")
    market = f" ({product.market})" if product.market else ""
    also = f". {product.note}" if product.source and product.note else ""  # of imported ones: what else they hold
    form = product.form or "serving"
    return f"{product.name}{market}: {show_number(product.count)} {form} holds {', '.join(held)}{also}".rstrip(".")


def _written(amount: Amount | None) -> str:
    if amount is None:
        return "an amount not known of"
    low = show_number(amount.low)
    if amount.high is None:
        return f"at least {low} {amount.unit}"
    return f"{low} {amount.unit}" if amount.low == amount.high else f"{low} to {show_number(amount.high)} {amount.unit}"


#: A word for what is poured; "liquid softgels" are softgels.
_POURED = re.compile(
    r"(?i)\b(?:liquid(?!\W*(?:soft|gel|cap|fill))|solution|syrup|suspension|saft|lösung|sirop|jarabe)\b"
)


def fits_form(product: Product, forms: Iterable[str], text: str) -> bool:
    """Whether pieces of these forms can be pieces of the product, and it no liquid where that is a tablet.

    text: the line, in which the product's own name may stand.
    """
    is_solid = product.form in _SOLID
    if is_solid and _POURED.search(text) and not _POURED.search(product.name):
        return False
    kinds = [form for form in forms if form and product.form and form != product.form]
    return not kinds or (is_solid and _SOLID.issuperset(kinds) and "gummy" not in kinds)  # no tablet is called a gummy
