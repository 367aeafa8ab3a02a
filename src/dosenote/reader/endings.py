"""What of a line has no weight for what is taken now: what it is for, when it is due, what was taken before."""

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
#: What a pharmacy prints on each box: "Avoid grapefruit juice."
_AVOID = re.compile(
    r"[.;,(]\s*(?:warning:?\s*)?(?:avoid|do not (?:take|drink|have)(?: any)?) "
    r"(?:grapefruits?(?: juice)?|grapefruit and grapefruit juice|alcohol(?:ic drinks?)?)\s*[.)]?\s*$",
    re.IGNORECASE,
)
#: "Next due in September", "next injection March 2027".
_NEXT_DUE = re.compile(
    r"[\s,.;|(\[-]+next (?:due|dose(?: due)?|injection(?: due)?|infusion(?: due)?|appointment)\s*:?\s*(?:in |on )?"
    r"(?:early |mid[- ]|late )?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
    r"(?:\s+\d{4})?[)\]]?\s*\.?\s*$",
    re.IGNORECASE,
)
#: "Last taken: last night".
_LAST_TAKEN = re.compile(
    r"[\s,.;|]+last (?:taken|dose(?: taken)?)\s*:?\s*(?:last night|yesterday|today|this (?:morning|evening))\s*\.?\s*$",
    re.IGNORECASE,
)

#: What is planned to be tested, and when, at the end of a line: "..., recheck INR in 2 weeks".
_TESTED = r"(?:pt/)?(?:inr|labs?|levels?|vit(?:amin)?\.?\s*d(?:\s+levels?)?|25-?oh-?d|tsh|bmp|cmp|visit|appointment)"
_PLANNED = re.compile(
    rf"(?:[.,;]|\s-|\sand)\s+(?:please\s+)?(?:(?:re-?check|re-?test|f/u|follow[- ]?up)(?:\s+{_TESTED})?"
    rf"|(?:repeat|check|next)\s+{_TESTED})(?:\s*:)?\s+"
    r"(?:(?:in|after)\s+(?:\d\d?(?:-\d\d?)?|an?|one|two|three|four|six)\s+(?:days?|weeks?|wks?|months?|mths?)"
    r"|(?:on\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d\d?/\d\d?(?:/\d{2,4})?)|tomorrow|next week)\s*\.?\s*$",
    re.IGNORECASE,
)
#: That nothing is amiss with it: "..., no missed doses", "(no side effects)".
_WELL = re.compile(
    r"[\s,.;(-]+(?:no|denies(?: any)?|without(?: any)?)\s+(?:missed doses|(?:recent |dose )?changes?|problems?"
    r"|issues|side[- ]effects?|complaints)\s*[.)]?\s*$",
    re.IGNORECASE,
)
#: How the amount is made up, in brackets: "12.5 mg daily (1/2 of 25 mg tab)", "10 mg daily (two 5 mg tablets)".
_MADE_OF = re.compile(
    r"\s*\((?P<many>1/2|\u00bd|(?:one[- ])?half|1\.5|1 1/2|one and a half|[234]|two|three|four)\s*"
    r"(?:x|of)?\s*(?:an?\s+|the\s+)?"
    r"(?P<each>\d+(?:\.\d+)?)\s*(?P<unit>mg|mcg)\s*(?:tab|tablet|pill|cap|capsule)s?\)",
    re.IGNORECASE,
)
#: What was taken before, in brackets: "3 mg daily (was 5 mg)", "4 mg daily (up from 3 mg)".
_DOSE = r"\d+(?:[.,]\d+)?\s*(?:mg|mcg|[\u00b5\u03bc]g|ug|g|iu|ie|ui|units?)"
_BEFORE = re.compile(
    r"\s*[(\[](?:(?:it )?was|was previously|prev(?:ious(?:ly)?)?\.?|formerly|used to be"
    r"|(?:up|down|(?:in|de)creased|reduced|raised|lowered|changed) from"
    r"|vorher|zuvor|bisher|auparavant|avant|anteriormente|antes|precedentemente|prima|voorheen)"
    rf"\s*:?\s*{_DOSE}(?:\s+(?:daily|a day|od|qd|per day|t\u00e4glich))?[)\]]",
    re.IGNORECASE,
)
#: From which dose to which: "increased from 3 mg to 4 mg daily". Without how often it may be from some day on.
_CHANGED = re.compile(
    rf"(?:,\s*)?\b(?:(?:dose )?(?:in|de)creased|reduced|raised|lowered|changed) from {_DOSE}"
    rf"(?: (?:daily|a day|od|qd|per day))? to (?={_DOSE} (?:daily|once daily|a day|per day)\s*\.?\s*$)",
    re.IGNORECASE,
)
_MANY = {"2": 2, "two": 2, "3": 3, "three": 3, "4": 4, "four": 4, "1.5": 1.5, "1 1/2": 1.5, "one and a half": 1.5}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|mcg)\b", re.IGNORECASE)


def _without_making(line: str) -> str:
    """The line without how its one amount is made up, where that comes to the same."""
    made = _MADE_OF.search(line)
    if made is None:
        return line
    rest = line[: made.start()] + line[made.end() :]
    whole = float(made["each"]) * _MANY.get(made["many"].lower(), 0.5)
    said = [(float(number), unit.lower()) for number, unit in _AMOUNT.findall(rest)]
    return rest if said == [(whole, made["unit"].lower())] else line


def without_end(line: str) -> str:
    """The line without what it is for, when it is due, what is to be tested or avoided, and what was taken before."""
    for said in (_PLANNED, _PURPOSE, _LAST_TAKEN, _NEXT_DUE, _AVOID, _WELL):
        line = said.sub("", line)
    return _without_making(_CHANGED.sub(" ", _BEFORE.sub("", line)))
