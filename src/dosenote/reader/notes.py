"""What a line lacks, and why it was not accepted."""

from __future__ import annotations

from dosenote.vocabulary import Entry

#: Said back of an amount that was not refused because the line says that the label was checked.
CHECKED = "an unusual amount, checked on the label"


def once(words: list[str]) -> tuple[str, ...]:
    """Each of them where it stands first."""
    return tuple(dict.fromkeys(words)) if words else ()


class Notes:
    """What a line lacks (missing), what to ask for it, why it was not accepted, and whether it contradicts itself.

    assumed: what was read from the line that it does not say in so many words, to be said back. unused: amounts that
    something that was not understood may change.
    is_checked: whether the line says that its amounts are as on the label, however large.
    """

    refused = False
    is_checked = False

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.questions: list[str] = []
        self.reasons: list[str] = []
        self.assumed: list[str] = []
        self.unused: list[str] = []

    @property
    def reason(self) -> str:
        """Why the line was not accepted, and what of it is not used, in words."""
        if not self.unused:
            return "; ".join(once(self.reasons))
        unused = f"not used, as what was not understood may change it: {', '.join(once(self.unused))}"
        return "; ".join((*once(self.reasons), unused))

    def ask(self, entry: Entry, missing: str, question: str) -> None:
        """Note what is missing of a thing, and what to ask about it."""
        self.missing.append(missing)
        self.questions.append(f"{entry.label}: {question}")

    def refuse(self, reason: str, question: str) -> None:
        """Note why the line is not believed, and what to ask."""
        self.reasons.append(reason)
        self.questions.append(question)
        self.refused = True
