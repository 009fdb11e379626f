# Motcua: `make run` and `make test` set everything up by themselves; they need Python 3.11 or later, make and a package index.

.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint types imports docs bench bench-setup lock lock-check clean

BIN := .venv/bin
STAMP := .venv/.setup-done

# Images of build machines often forbid it; then every command that a test starts compiles all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that runs (a version manager's shim may exist and fail), is new enough and can make environments.
USABLE := import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	if $$python -c '$(USABLE)' >/dev/null 2>&1; then echo $$python; break; fi; done)

# A Python named by hand replaces an environment of another version.
VERSION := import sys; print(sys.version_info[:3])
ifneq ($(origin PYTHON),file)
ifneq ($(shell exec 2>/dev/null; $(PYTHON) -c '$(VERSION)' || echo none),$(shell exec 2>/dev/null; $(BIN)/python -c '$(VERSION)'))
.PHONY: $(STAMP)
REMAKE := yes
endif
endif

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(STAMP)  ## build .venv with exactly the pins of requirements.lock (again only when they change)
	@:

$(STAMP): requirements.lock pyproject.toml
	@if [ -n "$(REMAKE)" ] || ! { $(BIN)/python -c '$(USABLE)'; } 2>/dev/null; then \
	  python="$(PYTHON)"; \
	  { "$${python:-none}" -c '$(USABLE)'; } 2>/dev/null || { \
	    echo "motcua needs Python 3.11 or later with venv and pip; tried: $${python:-python3.13 python3.12 python3.11 python3};" \
	      "install one, or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 2; }; \
	  echo "making .venv with $$("$$python" --version)"; \
	  "$$python" -m venv --clear .venv; \
	fi
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet "$$(grep '^uv==' requirements.lock)"
	@{ $(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock \
	    && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .; } \
	  || { echo "uv could not install the pins; trying pip, which may know another package index" >&2; \
	    $(BIN)/python -m pip install --quiet -r requirements.lock \
	    && $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .; }
	@touch $(STAMP)

run: setup  ## start everything with a province's sample dossiers and show them moving; Ctrl-C ends it
	@$(BIN)/motcua up --demo $(ARGS)

# A file's tests stay together, so that what it prepares once (Prefect's server, a replayed log) is prepared once.
test: setup  ## run all tests, as many at once as there are processors (those on real logs need MOTCUA_DATA)
	$(BIN)/pytest --numprocesses auto --dist loadfile $(ARGS)

check: lint types imports test  ## everything that must be green: format, lint, types, contracts, tests

format: setup  ## rewrite the files as the formatter wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

lint: setup  ## format and lint, nothing changed
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

types: setup  ## mypy --strict
	$(BIN)/mypy

imports: setup  ## the floors of the house: who may import whom
	$(BIN)/lint-imports

docs: setup  ## write docs/cli.md anew from the commands themselves
	$(BIN)/python docs/build.py

bench: setup  ## every benchmark as one JSON object a line; ends with 1 when a bar is missed
	@failed=0; for script in benchmarks/*.py; do $(BIN)/python $$script --json || failed=1; done; exit $$failed

bench-setup: setup  ## environments of the peers that benchmarks measure against, in .bench
	@for peer in benchmarks/peers/*-requirements.txt; do name=$$(basename $$peer -requirements.txt); \
	  echo ".bench/$$name"; \
	  { [ -x .bench/$$name/bin/python ] || $(BIN)/uv venv --quiet --python $(BIN)/python .bench/$$name; } \
	    && $(BIN)/uv pip install --quiet --python .bench/$$name/bin/python -r $$peer \
	    || echo "could not build $$name: its benchmarks will report it as absent" >&2; done

COMPILE := pyproject.toml --group dev --universal --python-version 3.11 --no-emit-index-url --no-header

lock: setup  ## choose the newest pins that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade $(COMPILE) --output-file requirements.lock

lock-check: setup  ## tell whether requirements.lock still answers pyproject.toml
	@cp requirements.lock .venv/requirements.lock
	@$(BIN)/uv pip compile --quiet $(COMPILE) --output-file .venv/requirements.lock
	@diff -u requirements.lock .venv/requirements.lock || { echo "requirements.lock is stale: run make lock" >&2; exit 1; }

clean:  ## remove caches and leavings (keeps .venv and databases)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache .grimp_cache dist build
	find . -name __pycache__ -not -path './.venv/*' -not -path './.bench/*' -prune -exec rm -rf {} +
