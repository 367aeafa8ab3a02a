"""Texts that mean something to a terminal, a spreadsheet, a browser or a reader of Markdown."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    "<script>alert(1)</script>", "</b>", "<!--", "-->", "&amp;", "&", "<", ">", "[x](javascript:alert(1))", "![a](b)",
    "[^1]", "[ ] ", "[x]: y", "`", "``", "```\n", "~~~\n", "~~", "*", "**", "_", "__", "***", "---", "===", "# ", "#1", "##",
    "- ", "+ ", "1. ", "12) ", "> ", "|", "||", "|---|", "\\", "\\\\", "$x$", "{{x}}", "@", "@octocat", "a@b.com",
    "http://", "https://evil.example/x", "www.", "www.evil.com", "evil.com", "//evil.com", "//localhost", "mailto:a@b.com",
    "javascript:alert(1)", "ftp://x.y", "\n", "\r\n", "\r", "\t", "    ", "\n\n", "\x1b[2J", "\x1b]8;;http://x\x07", "\x00",
    "\x07", "\u202e", "\u2066", "\u200b", "\u2028", "\ufeff", "\u00a0", "=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0",
    "\uff1d1", "\u2212", '"', "'", '"=1"', ",", ";", "\ud800", "é", "日本", "🙂", "vitamin D3 5000 IU", "x" * 300, " ", "a",
)  # fmt: skip
#: Without blanks at its ends, and never empty.
TEXTS = (
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=8)
    .map(lambda pieces: "".join(pieces).strip())
    .filter(bool)
)
