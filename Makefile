# Two commands: `make demo` and `make test`. Each needs Python 3.11+ and sets up .venv when it is missing or stale.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
MIN := .venv-min/bin
DIST := .venv-dist/bin
EXTRAS := mcp,nats,notify,parquet,postgres,s3,web,workers,xlsx

.PHONY: demo test test-min lint docs screenshots bench dist try-dist sbom audit clean

demo: $(STAMP)
	@$(BIN)/thoisu demo

# One process more than a small machine has cores: many tests wait for processes and servers of their own.
test: $(STAMP) lint
	@$(BIN)/python -m pytest -n 3 --dist worksteal

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

# A wheel and an sdist, byte for byte the same from the same commit, whoever builds them and when.
dist: $(STAMP)
	@rm -rf dist
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 1580601600)} \
		$(BIN)/python -m hatchling build -d dist

# The wheel in an environment that has nothing but it and its extras, in an empty folder: it does its main job there.
try-dist: .venv-dist/.ready
	@cd "$$(mktemp -d)" && $(CURDIR)/$(DIST)/thoisu demo </dev/null && $(CURDIR)/$(DIST)/thoisu --version

.venv-dist/.ready: dist
	@rm -rf .venv-dist && $(PYTHON) -m venv .venv-dist
	@$(DIST)/python -m pip install -q --disable-pip-version-check -c constraints.txt "$$(ls dist/*.whl)[$(EXTRAS)]"
	@touch $@

# What the wheel brings along, as CycloneDX; the tool that writes it stays out of that.
sbom: .venv-dist/.ready
	@$(PYTHON) -m venv .venv-sbom
	@.venv-sbom/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt cyclonedx-bom
	@.venv-sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		-o "$$(ls dist/*.whl | sed 's/-py3.*//').cdx.json" $(DIST)/python

# Without a network: the packages agree with each other, and each is one that the tests have met. Whether a hole is
# known in one of them only a network tells: pip-audit -r constraints.txt
audit: .venv-dist/.ready
	@$(DIST)/python -m pip check
	@$(DIST)/python -m pip list --format=freeze | grep -vixFf constraints.txt | grep -vE '^(pip|setuptools|thoisu)==' \
		&& { echo "these are not in constraints.txt"; exit 1; } || true

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "thoisu needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@echo "Setting up .venv from constraints.txt"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@PIP_CONSTRAINT= $(BIN)/python -m pip install -q --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --group dev -e ".[$(EXTRAS)]"
	@touch $(STAMP)

.venv-min/.ready: pyproject.toml constraints.txt constraints-min.txt
	@test -x $(MIN)/python || $(PYTHON) -m venv .venv-min
	@PIP_CONSTRAINT= $(MIN)/python -m pip install -q --disable-pip-version-check --upgrade "pip>=25.1"
	@cut -d= -f1 constraints-min.txt | sed '/^#/d; s/$$/==/' | grep -viFf - constraints.txt | cat - constraints-min.txt >.venv-min/constraints.txt
	@$(MIN)/python -m pip install -q --disable-pip-version-check -c .venv-min/constraints.txt --group test -e ".[$(EXTRAS)]"
	@touch $@

clean:
	rm -rf .venv .venv-min .venv-dist .venv-sbom dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
