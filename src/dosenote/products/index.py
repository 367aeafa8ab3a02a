"""The local product index: one SQLite file in the user's data folder, built by `dosenote products import`."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dosenote.errors import DosenoteError
from dosenote.products import Ingredient, Product
from dosenote.quantity import Amount
from dosenote.vocabulary import words

if TYPE_CHECKING:
    import sqlite3

#: Raised whenever what is written into the file changes; marks the file, together with an id of our own.
FORMAT, APPLICATION = 1, 0x646E6F74
FILE = "products.sqlite"
_AGAIN = 'Make it again with "dosenote products import", or remove the file.'
#: Questions of one query: what the smallest SQLite allows.
_AT_ONCE = 900

_TABLES = """
CREATE TABLE product (id TEXT PRIMARY KEY, name TEXT NOT NULL, content TEXT NOT NULL, digest BLOB NOT NULL);
CREATE TABLE key (words TEXT NOT NULL, id TEXT NOT NULL);
"""
_BY_NAME = "SELECT key.words, product.* FROM key JOIN product USING (id)"


def data_folder() -> Path:
    """Where this user's data lies: DOSENOTE_DATA, or the folder that the system has for such things."""
    said = os.environ.get("DOSENOTE_DATA")
    if said:
        return Path(said)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "dosenote"


class Index:
    """Products that were imported. Nothing in the file is trusted: each product carries its own digest."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path | None = None) -> Index | None:
        """The index, or None where there is none.

        Raises DosenoteError where the file is no index, is broken, or was made by another version.
        """
        index = cls(path or data_folder() / FILE)
        if not index.path.is_file():
            return None
        with index._connection() as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            raise DosenoteError("this is no product index", str(index.path), _AGAIN)
        if version != FORMAT:
            raise DosenoteError("this product index is of another version of dosenote", str(index.path), _AGAIN)
        return index

    def find(self, keys: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[Product, ...]]:
        """The products that have one of these names, as words, by that name; names that none has are left out.

        Raises DosenoteError where the file is broken.
        """
        wanted = {" ".join(key): key for key in keys}
        texts = list(wanted)
        found: dict[tuple[str, ...], tuple[Product, ...]] = {}
        with self._connection() as connection:
            for start in range(0, len(texts), _AT_ONCE):
                part = texts[start : start + _AT_ONCE]
                query = f"{_BY_NAME} WHERE key.words IN ({_marks(part)}) ORDER BY product.rowid"
                for text, *row in connection.execute(query, part):
                    product = self._product(*row)
                    if wanted[text] not in product.keys:
                        raise DosenoteError("this product index is broken: a name was changed", str(self.path), _AGAIN)
                    found[wanted[text]] = (*found.get(wanted[text], ()), product)
        return found

    def get(self, ids: Iterable[str]) -> tuple[Product, ...]:
        """The products with these ids, in their order; ids that are not there are left out."""
        texts = list(ids)
        products = {}
        with self._connection() as connection:
            for start in range(0, len(texts), _AT_ONCE):
                part = texts[start : start + _AT_ONCE]
                for row in connection.execute(f"SELECT * FROM product WHERE id IN ({_marks(part)})", part):
                    products[row[0]] = self._product(*row)
        return tuple(products[id] for id in texts if id in products)

    def names(self) -> list[tuple[str, str]]:
        """The id and the name of every product."""
        with self._connection() as connection:
            return list(connection.execute("SELECT id, name FROM product ORDER BY rowid"))

    def search(self, text: str, limit: int) -> tuple[Product, ...]:
        """Products whose name holds these words, the shortest names first; then those whose name is near."""
        from dosenote.products.search import containing, near

        names = self.names()
        ids = containing(text, names)[:limit]
        if len(ids) < limit:
            ids = list(dict.fromkeys((*ids, *near(text, names, limit))))[:limit]
        return self.get(ids)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write; raises DosenoteError where the file is broken."""
        import sqlite3

        try:
            with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                yield connection
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise DosenoteError(f"this product index is broken: {error}", str(self.path), _AGAIN) from None

    def _product(self, id: str, name: str, content: str, digest: bytes) -> Product:
        if digest != _digest(id, name, content):
            raise DosenoteError("this product index is broken: a product was changed", str(self.path), _AGAIN)
        return _unpacked(id, name, content)


def write(products: Iterable[Product], is_plain: Callable[[str], bool], path: Path | None = None) -> int:
    """Writes a new index in place of the old one, and says how many products it holds.

    is_plain: whether a name is a line that anybody may write ("vitamin D 1000 IU"); such a product can be searched for,
    and no line is read as it. The old file stays whole until the new one is.
    Raises DosenoteError where it cannot be written, or where two products have one id.
    """
    import sqlite3

    target = path or data_folder() / FILE
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    count, id = 0, ""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as connection:
            connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA application_id = {APPLICATION}; {_TABLES}")
            for product in products:
                content, id = _packed(product), product.id
                row = (id, product.name, content, _digest(id, product.name, content))
                connection.execute("INSERT INTO product VALUES (?, ?, ?, ?)", row)
                keys = {words(name) for name in (product.name, *product.names) if not is_plain(name)}
                rows = [(" ".join(key), id) for key in sorted(keys) if key]
                connection.executemany("INSERT INTO key VALUES (?, ?)", rows)
                count += 1
            connection.execute("CREATE INDEX by_words ON key (words)")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.commit()
        partial.replace(target)
    except sqlite3.IntegrityError:
        raise DosenoteError(f"two products have one id: {id}", hint="Give each table once.") from None
    except (sqlite3.Error, OSError) as error:
        raise DosenoteError(f"the product index cannot be written: {error}", str(target)) from None
    finally:
        partial.unlink(missing_ok=True)
    return count


def _marks(texts: list[str]) -> str:
    return ", ".join("?" * len(texts))


def _digest(*texts: str) -> bytes:
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=12).digest()


def _packed(product: Product) -> str:
    fields = product._asdict()
    del fields["id"], fields["name"]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), default=str)


def _unpacked(id: str, name: str, content: str) -> Product:
    fields = json.loads(content)
    fields["ingredients"] = tuple(
        Ingredient(substance, _amount(amount), salt, _amount(also))
        for substance, amount, salt, also in fields["ingredients"]
    )
    for key in ("names", "shared"):
        fields[key] = tuple(fields[key])
    return Product(id=id, name=name, **{**fields, "count": Decimal(fields["count"])})


def _amount(packed: list[Any] | None) -> Amount | None:
    if packed is None:
        return None
    low, high, unit = packed
    return Amount(Decimal(low), None if high is None else Decimal(high), unit)
