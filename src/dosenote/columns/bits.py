"""What a line can say, as bits and small numbers; and the arrays they stand in."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Mask: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.float64]
Whole: TypeAlias = npt.NDArray[np.int32]

#: What a line says of an entry: it is there; something is taken that may be it; something said may be it; and so on.
SURE, USED, PERHAPS, DOUBTED, STOPPED, MAYBE_STOPPED, NAMED, MAYBE_NAMED, DENIED = range(9)
#: What a use says besides its amounts.
SURELY, SPACED, MAYBE_SPACED, NEW, NOT_OLD, WITH_FOOD, MAYBE_WITH_FOOD, WITHOUT_FOOD, TOO_OFTEN, NOT_TOO_OFTEN = (
    1 << bit for bit in range(10)
)
#: What a line says of the person, and which lists it closes.
FEMALE, MALE, PREGNANT, NOT_PREGNANT, LACTATING, NOT_LACTATING, MEDICINES, CONDITIONS, FOODS, HIDES, AGED = (
    1 << bit for bit in range(11)
)
CLOSES = {"medicines": MEDICINES, "conditions": CONDITIONS, "foods": FOODS}
CLASHES = ((FEMALE, MALE), (PREGNANT, NOT_PREGNANT), (LACTATING, NOT_LACTATING), (MALE, PREGNANT))
NO_DATE = -1
#: Facts about a substance that need more of its uses than that they are there.
MEASURES = ("daily", "each_time", "spaced_dose", "new", "with_food", "more_often_than_usual")
