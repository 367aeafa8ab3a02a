"""What CDS Hooks publishes of a response, as a check of parsed JSON; and what we ask of our own besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from markdown_it import MarkdownIt

_CARD = {
    "uuid": str, "summary": str, "detail": str, "indicator": str, "source": dict, "suggestions": list,
    "selectionBehavior": str, "overrideReasons": list, "links": list, "extension": dict,
}  # fmt: skip
_SOURCE = {"label": str, "url": str, "icon": str, "topic": dict, "extension": dict}
_LINK = {"label": str, "url": str, "type": str, "appContext": str, "autolaunchable": bool, "extension": dict}
_CODING = {"system": str, "code": str, "display": str}
_GFM = MarkdownIt("gfm-like")


def problems(response: Any) -> list[str]:
    """Everything that is wrong with a response; none for a good one."""
    return [*_response(response)]


def _response(response: Any) -> Iterator[str]:
    if not isinstance(response, dict) or not isinstance(response.get("cards"), list):
        yield "a response is an object with an array of cards"
        return
    yield from _fields("response", response, {"cards": list, "systemActions": list, "extension": dict}, ("cards",))
    if "systemActions" in response:
        yield "nothing is done without a person"
    if not response["cards"]:
        yield "no card at all looks clean"
    uuids = [card.get("uuid") for card in response["cards"]]
    if len({*uuids}) != len(uuids):
        yield "two cards have one uuid"
    for number, card in enumerate(response["cards"]):
        yield from (f"card {number}: {what}" for what in _card(card))


def _card(card: Any) -> Iterator[str]:
    yield from _fields("card", card, _CARD, ("uuid", "summary", "detail", "indicator", "source", "extension"))
    summary = card.get("summary", "")
    if not 0 < len(summary) < 140:
        yield f"a summary of {len(summary)} characters"
    if re.search(r"[.!?]\s+\S", summary) or "\n" in summary:
        yield "a summary of more than one sentence"
    if card.get("indicator") not in ("info", "warning", "critical"):
        yield "no such indicator"
    try:
        if UUID(card.get("uuid", "")).version != 5 or card["uuid"] != str(UUID(card["uuid"])):
            yield "the uuid is not made from what the card is about"
    except ValueError:
        yield "no uuid"
    yield from _source(card.get("source", {}))
    yield from _markdown(card.get("detail", ""))
    if "suggestions" in card:
        yield "a suggestion, which would be a change of what is taken"
        if "selectionBehavior" not in card:
            yield "suggestions without a selectionBehavior"
    for link in card.get("links", []):
        yield from _fields("link", link, _LINK, ("label", "url", "type"))
        if link.get("type") != "absolute" or not _is_absolute(link.get("url", "")):
            yield "a link that is not absolute"
        if "appContext" in link or link.get("autolaunchable"):
            yield "a link that does more than lead somewhere"
    for reason in card.get("overrideReasons", []):
        yield from _fields("override reason", reason, _CODING, ("code", "display"))
    for key in card.get("extension", {}):
        if "." not in key or not re.search(r"[0-9a-f]{8}-", key):
            yield "an extension whose name is not unique in the world"


def _source(source: Any) -> Iterator[str]:
    yield from _fields("source", source, _SOURCE, ("label",))
    if "url" in source and not _is_absolute(source["url"]):
        yield "the source's address is not absolute"
    if "topic" in source:
        yield from _fields("topic", source["topic"], _CODING, ("code",))


def _fields(name: str, table: Any, known: dict[str, type], required: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"{name} is no object"
        return
    for field in required:
        if not table.get(field):
            yield f"{name} without {field}"
    for field, value in table.items():
        if field not in known:
            yield f"{name} with {field}, which there is not"
        elif not isinstance(value, known[field]):
            yield f"{name} with {field} of another type"
        elif value in ("", [], {}) and (name, field) != ("response", "cards"):
            yield f"{name} with an empty {field}"


def _is_absolute(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).netloc)


def _markdown(detail: str) -> Iterator[str]:
    tokens = _GFM.parse(detail)
    inner = [child for token in tokens for child in token.children or ()]
    if any(token.type in ("html_block", "html_inline") for token in (*tokens, *inner)):
        yield "raw HTML in the detail"
    if any(token.type == "image" for token in inner):
        yield "an image in the detail"
    for token in inner:
        if token.type == "link_open" and not _is_absolute(str(token.attrs.get("href", ""))):
            yield "a link in the detail that is not absolute"
