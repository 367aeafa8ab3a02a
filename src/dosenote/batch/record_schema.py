"""The columns that come in and go out, and what is wrong with a schema."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pyarrow import types

from dosenote.batch.lines import FLAGS, LISTS
from dosenote.errors import DosenoteError, nearest

#: What a struct of a line may hold, as an object of JSON lines does.
FIELDS = (
    "substance", "amount", "unit", "times", "every", "period", "with_food",
    "line", "started", "stopped", "date", "new", "product",
)  # fmt: skip
_DATES, _NUMBERS, _TRUTHS = ("started", "stopped", "date"), ("amount", "times", "every"), ("with_food", "new")

_LINES = pa.list_(pa.string())
#: The plainest form of what comes in.
INPUT = pa.schema(
    [("id", pa.string()), ("items", _LINES)]
    + [(name, _LINES) for name in LISTS]
    + [("age", pa.float64()), ("sex", pa.string()), ("pregnant", pa.bool_()), ("lactating", pa.bool_())]
    + [(name, pa.bool_()) for name in FLAGS]
)
#: What goes out, of every batch.
OUTPUT = pa.schema(
    [
        (name, pa.string())
        for name in (
            "id", "rule", "answer", "action", "severity", "certainty", "values", "limit", "text", "reason",
        )
    ]
)  # fmt: skip
#: The same in the words of Spark.
DDL = ", ".join(f"`{name}` string" for name in OUTPUT.names)

_WANTED = {
    "id": "text or a whole number",
    **dict.fromkeys(("items", *LISTS), "a list of text, a list of structs, or text with ; between lines"),
    "age": "a number of years",
    "sex": "text: female or male",
    **dict.fromkeys(("pregnant", "lactating", *FLAGS), "boolean"),
}


def check_schema(schema: Any) -> None:
    """Raises DosenoteError with the column and what is wanted where a column is missing, doubled or of a wrong type."""
    for name, wanted in _WANTED.items():
        places = schema.get_all_field_indices(name)
        if len(places) > 1:
            raise DosenoteError(f'two columns are called "{name}"', f"column {name}")
        if not places:
            if name in ("id", "items"):
                near = nearest(name, [one for one in schema.names if one not in _WANTED])
                raise DosenoteError(f'there is no column "{name}": {wanted}.{near}', f"column {name}")
            continue
        found = schema.field(places[0]).type
        if not _is_right(name, found):
            raise DosenoteError(f"it is {found}; wanted is {wanted}", f"column {name}")


def is_text(kind: Any) -> bool:
    """Whether a column of Arrow holds text, also one that is packed as a dictionary."""
    if types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def is_list(kind: Any) -> bool:
    """Whether a column of Arrow holds lists."""
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _is_right(name: str, kind: Any) -> bool:
    if types.is_null(kind):
        return True
    if name == "id":
        return is_text(kind) or bool(types.is_integer(kind))
    if name == "age":
        return _is_number(kind)
    if name == "sex":
        return is_text(kind)
    if name not in ("items", *LISTS):
        return bool(types.is_boolean(kind))
    if not is_list(kind):
        return is_text(kind)
    inner = kind.value_type
    if types.is_struct(inner):
        _check_fields(inner, name)
        return True
    return is_text(inner) or bool(types.is_null(inner))


def _check_fields(struct: Any, name: str) -> None:
    """Raises DosenoteError for a field that is not known, as what it says would be lost, or is of a wrong type."""
    names = [struct.field(place).name for place in range(struct.num_fields)]
    for place, field in enumerate(names):
        where, kind = f"column {name}, field {field}", struct.field(place).type
        if field not in FIELDS:
            raise DosenoteError(
                f'"{field}" is not known.{nearest(field, FIELDS)}', where, f"Known: {', '.join(FIELDS)}."
            )
        if names.count(field) > 1:
            raise DosenoteError(f'two fields are called "{field}"', where)
        if types.is_null(kind):
            continue
        if field in _NUMBERS:
            is_right, wanted = _is_number(kind), "a number"
        elif field in _TRUTHS:
            is_right, wanted = bool(types.is_boolean(kind)), "boolean"
        elif field in _DATES:
            is_right, wanted = bool(types.is_date32(kind)) or is_text(kind), "a date (date32, or text: 2026-05-01)"
        else:
            is_right, wanted = is_text(kind), "text"
        if not is_right:
            raise DosenoteError(f"it is {kind}; wanted is {wanted}", where)
    if not {"substance", "line"} & set(names):
        raise DosenoteError("a struct of a line has a field substance, or a field line", f"column {name}")


def _is_number(kind: Any) -> bool:
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))
