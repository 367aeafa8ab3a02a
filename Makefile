# Two commands, each from a fresh clone with nothing but Python (3.11 or later) and make:
#   make demo   the notes for somebody of 67 on warfarin who bought "D3 + K2"
#   make test   everything that is tested
# And, on Linux: make fuzz   what comes in from outside, for FUZZ_SECONDS each (tests/fuzz/README.md)

PYTHON ?= python3
BIN = .venv/bin
FUZZ_SECONDS ?= 60

.PHONY: demo test nightly bench fuzz clean

demo: .venv/installed
	@$(BIN)/dosenote check "Vitamin D3 5000 IU daily" "K2 MK-7 100 mcg daily" "warfarin" --age 67; \
	  status=$$?; test $$status -eq 1 || exit $$status  # 1: something was raised, as it must be
	@printf '\nNow you: %s (it asks), or %s --help\n' $(BIN)/dosenote $(BIN)/dosenote >&2

test: .venv/installed-for-tests
	@$(BIN)/python -m pytest

# Other random cases in every run, and 25 times as many of them: it takes hours.
nightly: .venv/installed-for-tests
	@DOSENOTE_HYPOTHESIS=nightly $(BIN)/python -m pytest

bench: .venv/installed-for-tests
	@for each in tests/benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

fuzz: .venv/installed-for-tests
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[fuzz]"
	@for each in $$(ls tests/fuzz/corpus); do \
	  $(BIN)/python tests/fuzz/run.py $$each --seconds $(FUZZ_SECONDS) || exit 1; done

.venv/installed: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q src
	@PYTHONDONTWRITEBYTECODE= $(BIN)/dosenote rules list > /dev/null  # keeps the parsed rules, as Python keeps bytecode
	@touch $@

.venv/installed-for-tests: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
