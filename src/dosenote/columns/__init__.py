"""Many regimens at once: the facts of each as columns, from what their distinct lines do.

The definition is `facts.facts_of`, for one regimen; a test holds both to the same facts.
"""

from dosenote.columns.chunk import differing, facts_of_chunk
from dosenote.columns.store import Chunk, Store

__all__ = ["Chunk", "Store", "differing", "facts_of_chunk"]
