"""One format, one module: each turns a finished report into text and decides nothing."""
