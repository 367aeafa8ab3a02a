"""The prompt without the terminal: what was entered, what is asked next, and what an answer means."""
