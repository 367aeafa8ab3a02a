"""Lines of one kind, which differ in a number only: what all of them do, and whether the number of each is usual."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from dosenote.batch.lines import Told
from dosenote.dosing import Dosing
from dosenote.effects import not_recognised_in
from dosenote.reader.alike import Kind

#: A number below the usual ones, one of these, or one above them.
BELOW, USUAL, ABOVE = range(3)
#: How a line is written: so many figures behind the point, or fewer.
FIGURES = 2
#: A span with no number in it: its lowest and its highest, in hundredths.
_EMPTY = (1 << 40, -1)


@dataclass
class Like:
    """What every line of a kind does.

    told: of a line of a usual amount. around: what stands before and behind the number. stored: the kind in the store.
    uses: as in the store, each with how the amount of the line counts for it; None where the amount is not known. code:
    of a line in the store whose amounts are those of each line once they are multiplied by its number, in hundredths;
    behind it stand those of an unusual number, by how many figures it has behind the point; -1 where there can be none.
    spans: below the usual numbers, of these and above them, the lowest and the highest that is known, in hundredths.
    """

    kind: Kind
    told: Told
    around: tuple[str, str]
    stored: int
    uses: list[tuple[int, tuple[float, ...], Dosing | None]]
    code: int = -1
    spans: list[tuple[int, int]] = field(default_factory=lambda: [_EMPTY] * 3)

    def side(self, line: str, number: Decimal) -> int | None:
        """On which side of the usual numbers this one is; None where nobody takes so much, and the line must be read.

        Between two numbers of one side all are of it. Before any usual one is known, sides cannot be told apart.
        """
        hundredths = int(number * 100)
        for side, (low, high) in enumerate(self.spans):
            if low <= hundredths <= high:
                return side
        reading = self.kind.reading_of(line, number)
        if reading is None:
            return None
        usual_low, usual_high = self.spans[USUAL]
        side = USUAL if reading.outcome != "ask" else BELOW if hundredths < usual_low else ABOVE
        if side == USUAL or usual_low <= usual_high:
            low, high = self.spans[side]
            self.spans[side] = min(low, hundredths), max(high, hundredths)
        return side

    def code_of(self, side: int, number: Decimal) -> int:
        """The number of the lines with a number like this one."""
        return self.code if side == USUAL else self.code + 1 + len(str(number).partition(".")[2])

    def line(self, code: int, hundredths: int) -> str:
        """The line of an unusual number, by the number of such lines."""
        before, behind = self.around
        return f"{before}{self._written(code, hundredths)}{behind}"

    def not_recognised(self, code: int, hundredths: int) -> tuple[tuple[str, str], ...]:
        """What was not recognised in the line of one of them."""
        return self.asked(self.line(code, hundredths), Decimal(self._written(code, hundredths)))

    def asked(self, line: str, number: Decimal) -> tuple[tuple[str, str], ...]:
        """What was not recognised in the line of an unusual number: itself, with what is asked about it."""
        reading = self.kind.reading_of(line, number)
        assert reading is not None
        return not_recognised_in(reading)

    def _written(self, code: int, hundredths: int) -> str:
        return f"{hundredths / 100:.{code - self.code - 1}f}"
