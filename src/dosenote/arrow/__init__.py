"""Many regimens as Arrow record batches: the function that Spark, Dask and Ray call. Needs pyarrow and NumPy.

`check_batches` takes an iterator of record batches and gives one, which is what `DataFrame.mapInArrow` wants; `checker`
makes the same function with options. Both can be pickled, hold nothing between two batches, and give one schema,
`OUTPUT`, whatever comes in.

What comes in, one regimen a row (`INPUT` in its plainest form; columns of other names are not looked at):

| column | type | what it says |
|---|---|---|
| `id` | text or whole number | required |
| `items` | lines | required: what is taken; an empty list where nothing is |
| `medicines`, `conditions`, `foods` | lines | null: not said; an empty list: there are none, and no others |
| `labs` | lines | values of blood tests |
| `age` | number | years, from 0 to 130; null or NaN: not said |
| `sex` | text | female or male (F, M); null: not said |
| `pregnant`, `lactating` | boolean | null: not said |
| `no_other_medicines`, `no_conditions`, `no_other_foods` | boolean | true: the list is complete |

Lines are a list of text; or a list of structs with some of the fields substance, amount, unit, times, every, period,
with_food, line, started, stopped, date, new, product, as in JSON lines; or one text with ; between lines and the words
"none" and "unknown", as in CSV. What is not said is unknown, never "no". A list that is empty only because the data
mention nothing, as collect_list of Spark makes it, must become null, or it says that there are none.

What comes out, all of it text, one row a finding, regimens in their order and gravest findings first:

| column | what it says |
|---|---|
| `id` | as it came |
| `rule` | the rule, or null for a row that is about the regimen |
| `answer` | raised, cannot-tell, not-raised or rejected |
| `action`, `severity`, `certainty` | of the rule |
| `values` | JSON: the amounts that the rule compares, lowest and highest, and what is named of its classes |
| `limit` | with what they are compared, or null |
| `text` | a piece of a line that was not recognised, or the value for which a row was rejected |
| `reason` | why it was not recognised, or cannot be used |

Besides its findings a regimen has a row "cannot-tell" for every piece that was not recognised, and one where nothing
is named that is taken; a row "not-raised" where there is nothing else; one row "rejected" where it cannot be used. So
every row that comes in comes out, and the answer of a regimen is the first of rejected, raised, cannot-tell and
not-raised that one of its rows has.
"""

from dosenote.arrow.check import BatchChecker, check_batches, checker
from dosenote.batch.record_schema import DDL, INPUT, OUTPUT

__all__ = ["DDL", "INPUT", "OUTPUT", "BatchChecker", "check_batches", "checker"]
