# `make` alone lists what there is. Everything runs in .venv; setup needs Python 3.11 or newer and pip, nothing else.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
TOOLS := $(VENV)/tools
LOCK := --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet
ARGS ?=
unexport PYTHONDONTWRITEBYTECODE # the tests start hundreds of processes, which would compile every module anew

.PHONY: help
help: ## List these targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(STAMP) ## Make .venv with groupbot and every tool, as pinned in the lock files

$(STAMP): .ci/locks/build.lock .ci/locks/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "groupbot needs Python 3.11 or newer: make PYTHON=…")'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/locks/build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r .ci/locks/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.PHONY: demo
demo: setup ## Play a 7-day camp in three groups, in virtual time
	$(BIN)/groupbot demo $(ARGS)

.PHONY: run
run: setup ## Run the daemon with ./config.toml
	$(BIN)/groupbot run $(ARGS)

.PHONY: test
test: setup ## Run the tests (ARGS="-k name" to choose, ARGS="-n 0" for one process)
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(ARGS)

.PHONY: test-web
test-web: setup ## Open the pages in a real browser: needs Chromium (GROUPBOT_CHROMIUM names another one)
	$(BIN)/python -m pytest --no-cov tests/web $(ARGS)

.PHONY: coverage
coverage: setup ## Run the tests and show branch coverage; takes half as long again
	$(BIN)/python -m pytest --cov --cov-report=term $(ARGS)

.PHONY: torture
torture: setup ## Kill daemon and gateway hundreds of times, mistype 100,000 commands (an hour and a half)
	GROUPBOT_LINES=100000 GROUPBOT_KILLS=200 GROUPBOT_GATEWAY_KILLS=30 $(BIN)/python -m pytest --no-cov \
		tests/torture tests/unit/admin/test_mutated_lines.py $(ARGS)

.PHONY: lint
lint: setup ## Check style (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: setup ## Put the code into shape (ruff)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: setup ## Check types (mypy, strict)
	$(BIN)/mypy

.PHONY: arch
arch: setup ## Check that imports point down (import-linter)
	$(BIN)/lint-imports --no-cache --no-logo

.PHONY: check
check: lint types arch test ## Everything that CI runs but the browser's tests

.PHONY: bench
bench: setup ## Run the benchmarks; they print ratios against a peer in the same run
	for bench in tests/benchmarks/bench_*.py; do echo "$$bench"; PYTHONPATH=. $(BIN)/python "$$bench" $(ARGS); done

.PHONY: sizes
sizes: setup ## Show sizes of files and functions against the house's marks; warns only
	$(BIN)/python -m tests.architecture.sizes groupbot

.PHONY: i18n
i18n: setup ## Gather texts, update the Chinese catalog and compile it
	$(BIN)/python -m tests.architecture.catalog

.PHONY: risk-folds
risk-folds: setup ## Make the table of characters that mean the same anew
	$(BIN)/python tests/unit/risk/build_folds.py

.PHONY: risk-models
risk-models: setup ## Train the shipped scorers (DATA=folder of the three licensed sets; 3 minutes)
	PYTHONPATH=. $(BIN)/python tests/unit/risk/build_model.py $(DATA)

.PHONY: lock
lock: ## Make the lock files anew from pyproject.toml (ARGS=--upgrade for newer versions)
	test -x $(TOOLS)/bin/uv || ($(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/python -m pip install --quiet uv)
	$(TOOLS)/bin/uv pip compile $(LOCK) $(ARGS) pyproject.toml -o .ci/locks/runtime.lock >/dev/null
	$(TOOLS)/bin/uv pip compile $(LOCK) $(ARGS) --extra dev -c .ci/locks/runtime.lock pyproject.toml -o .ci/locks/dev.lock >/dev/null
	printf 'editables\nhatchling\nsetuptools\n' | $(TOOLS)/bin/uv pip compile $(LOCK) --python-version 3.11 \
		-c .ci/locks/dev.lock - -o .ci/locks/build.lock >/dev/null
	! grep -nE 'https?://|--(extra-)?index-url|--find-links' .ci/locks/*.lock

.PHONY: wheel
wheel: setup ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w dist .

.PHONY: clean
clean: ## Remove .venv and everything that tools leave
	rm -rf $(VENV) dist build htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find groupbot plugins migrations tests -name __pycache__ -prune -exec rm -rf {} +
