"""Lines that begin with #: a number in a list, or a comment, of which what it names stays open."""

from __future__ import annotations

import re

from dosenote.regimen import Reading

#: A number in a list, "#1 warfarin", and the sign of a comment.
_NUMBER = re.compile(r"\A\s*#\s?\d{1,2}[.):]?\s+(?=\S)")
_SIGN = re.compile(rf"{_NUMBER.pattern}|\A\s*#+")
#: How much of something, whatever it is.
_DOSE = re.compile(r"\d\s*(?:mg|mcg|[\u00b5\u03bcu]?g|iu|ie|ui|units?|tabs?|tablets?|caps?|capsules?)\b", re.IGNORECASE)


def without_sign(line: str) -> str:
    """What stands behind the number of a line in a list, or behind the sign of a comment."""
    return _SIGN.sub("", line)


def as_listed(line: str, reading: Reading) -> Reading:
    """The reading of a line of a list, as the line was entered. reading: of what stands behind its sign.

    What a line that begins with # names or nearly names, or gives a dose of, may be taken: that stays open.
    """
    if not line.lstrip().startswith("#"):
        return reading
    if _NUMBER.match(line):
        return reading._replace(text=line)
    named = (*(item.substance for item in reading.items), *reading.conditions, *reading.foods, *reading.doubted)
    named += reading.stopped
    is_dose = reading.outcome in ("ask", "refuse") and bool(_DOSE.search(line))
    if not (named or reading.suggestions or reading.labs or is_dose):
        return Reading(line, "ignore", reason="a line that begins with # is not read")
    unread = () if named else (line.strip(),)
    reason = "a line that begins with # is not read, and this one names something"
    return Reading(line, "ask", doubted=tuple(dict.fromkeys(named)), unread=unread, reason=reason)
