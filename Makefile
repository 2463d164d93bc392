# Two commands: `make demo` and `make test`. Each needs Python 3.11+ and sets up .venv when it is missing or stale.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
MIN := .venv-min/bin

.PHONY: demo test test-min lint docs screenshots bench clean

demo: $(STAMP)
	@$(BIN)/thoisu demo

test: $(STAMP) lint
	@$(BIN)/python -m pytest -n 2

# On the lowest versions that pyproject.toml allows; all else is as in constraints.txt.
test-min: .venv-min/.ready
	@$(MIN)/python -m pytest -n 2 $(TESTS)

lint: $(STAMP)
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check . && $(BIN)/mypy
	@said=$$($(BIN)/lint-imports --no-cache --no-logo) || { echo "$$said"; exit 1; }

docs: $(STAMP)
	@$(BIN)/python docs/generate.py

# Needs Chromium.
screenshots: $(STAMP)
	@$(BIN)/python docs/screenshots.py

bench: $(STAMP)
	@$(BIN)/python bench/extract.py && $(BIN)/python bench/crawl.py && $(BIN)/python bench/copies.py

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "thoisu needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@echo "Setting up .venv from constraints.txt"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@PIP_CONSTRAINT= $(BIN)/python -m pip install -q --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --group dev -e ".[mcp,nats,notify,parquet,postgres,s3,web,workers,xlsx]"
	@touch $(STAMP)

.venv-min/.ready: pyproject.toml constraints.txt constraints-min.txt
	@test -x $(MIN)/python || $(PYTHON) -m venv .venv-min
	@PIP_CONSTRAINT= $(MIN)/python -m pip install -q --disable-pip-version-check --upgrade "pip>=25.1"
	@cut -d= -f1 constraints-min.txt | sed '/^#/d; s/$$/==/' | grep -viFf - constraints.txt | cat - constraints-min.txt >.venv-min/constraints.txt
	@$(MIN)/python -m pip install -q --disable-pip-version-check -c .venv-min/constraints.txt --group test -e ".[mcp,nats,notify,parquet,postgres,s3,web,workers,xlsx]"
	@touch $@

clean:
	rm -rf .venv .venv-min dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
