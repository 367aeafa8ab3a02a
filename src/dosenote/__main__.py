"""`python -m dosenote`."""

from dosenote.cli import run

run()
