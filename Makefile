# Two commands, each from a fresh clone with nothing but Python (3.11 or later) and make:
#   make demo   the notes for somebody of 67 on warfarin who bought "D3 + K2"
#   make test   everything that is tested
# And, for those who change the program; each takes its time:
#   make fuzz       what comes in from outside, for FUZZ_SECONDS each (on Linux; tests/fuzz/README.md)
#   make mutants    slips put into the heart of the program, one by one, and how many of them the tests notice
#   make coverage   which lines and branches of src the tests reach
#   make trust      these figures, and more, in one table

PYTHON ?= python3
BIN = .venv/bin
FUZZ_SECONDS ?= 60

.PHONY: demo test nightly bench fuzz mutants coverage trust clean

demo: .venv/installed
	@$(BIN)/dosenote check "Vitamin D3 5000 IU daily" "K2 MK-7 100 mcg daily" "warfarin" --age 67; \
	  status=$$?; test $$status -eq 1 || exit $$status  # 1: something was raised, as it must be
	@printf '\nNow you: %s (it asks), or %s --help\n' $(BIN)/dosenote $(BIN)/dosenote >&2

test: .venv/installed-for-tests
	@$(BIN)/python -m pytest -n auto --dist loadfile

# Other random cases in every run, and 25 times as many of them: it takes hours.
nightly: .venv/installed-for-tests
	@DOSENOTE_HYPOTHESIS=nightly $(BIN)/python -m pytest

bench: .venv/installed-for-tests
	@for each in tests/benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

fuzz: .venv/installed-for-tests
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[fuzz]"
	@for each in $$(ls tests/fuzz/corpus); do \
	  $(BIN)/python tests/fuzz/run.py $$each --seconds $(FUZZ_SECONDS) || exit 1; done

mutants: .venv/installed-for-trust
	@$(BIN)/python tests/mutants.py --survivors

coverage: COVERAGE = COVERAGE_FILE=$(CURDIR)/build/coverage/data $(BIN)/coverage
coverage: .venv/installed-for-trust
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(COVERAGE) run -m pytest -n auto --dist loadfile
	@$(COVERAGE) combine --quiet
	@$(COVERAGE) report

trust: .venv/installed-for-trust
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[fuzz]"
	@$(BIN)/python tests/trust.py --fuzz $(FUZZ_SECONDS)

.venv/installed: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q src
	@PYTHONDONTWRITEBYTECODE= $(BIN)/dosenote rules list > /dev/null  # keeps the parsed rules, as Python keeps bytecode
	@touch $@

.venv/installed-for-tests: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

.venv/installed-for-trust: .venv/installed-for-tests
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[trust]"
	@touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
