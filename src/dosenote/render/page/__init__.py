"""The page for a visit: what stands on it, what fits on one sheet, and its formats."""
