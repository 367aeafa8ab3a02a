"""The rules as a small static site: every page as text, and a folder of them that is complete or not there."""
