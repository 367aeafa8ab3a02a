"""What stands at the end of a line and has no weight for what is taken: what it is for, and when it was last taken."""

from __future__ import annotations

import re

#: What something is taken for, where that is no condition that a rule asks about and no side effect.
_WHAT = (
    r"(?:blood pressure|bp|bones?|bone health|cholesterol|lipids?|fluid(?: retention)?|water retention|heart"
    r"|heart health|thyroid|sleep|pain|mood|energy|immunity|immune (?:system|health|support)|skin|hair|nails|joints?"
    r"|(?:leg|muscle) cramps|stomach)"
)
#: In a cell of its own, or in brackets: "| bone health", "(cholesterol)", "(for sleep)".
_PURPOSE = re.compile(rf"\s*(?:[|\t;]\s*(?:for\s+)?{_WHAT}|[(\[](?:for\s+)?{_WHAT}[)\]])\s*[.|]?\s*$", re.IGNORECASE)
#: "Last taken: last night".
_LAST_TAKEN = re.compile(
    r"[\s,.;|]+last (?:taken|dose(?: taken)?)\s*:?\s*(?:last night|yesterday|today|this (?:morning|evening))\s*\.?\s*$",
    re.IGNORECASE,
)


def without_end(line: str) -> str:
    """The line without what it is taken for, or when it was last taken, at its end; else as it was."""
    return _LAST_TAKEN.sub("", _PURPOSE.sub("", line))
