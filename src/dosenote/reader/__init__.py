"""A line of text → Reading: items, statements, what was not understood, what must be asked."""

from dosenote.reader.readings import Reader

__all__ = ["Reader"]
