"""A line of text → Reading: items, statements, what was not understood, what must be asked."""

from dosenote.reader.cells import items_of
from dosenote.reader.readings import Reader

__all__ = ["Reader", "items_of"]
