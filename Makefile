# Everything a developer or CI does with Zusage. Works on a bare Debian machine: what is missing is installed, Python
# packages into .venv from hashed constraints, servers and a browser (for tests only) as Debian packages if we are root.

PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin/
WORKERS ?= 2
SOURCES = zusage client/zusage_client tests tools benchmarks
CORE = $(VENV)/.core
ALL = $(VENV)/.all
AXE = build/npm/node_modules/axe-core/axe.min.js
AXE_VERSION = 4.14.1
PIP = $(RUN)python -m pip --disable-pip-version-check install -qq --no-input

.DELETE_ON_ERROR:
.PHONY: help demo test lint format types budgets promises torture bench docs docs-check wheel migration constraints system clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(CORE)  ## a complete deployment on synthetic data; needs nothing but Python
	$(RUN)zusage demo jobboard

test: $(ALL) $(AXE) system  ## all tests, on SQLite, PostgreSQL, MariaDB and in Chromium
	rm -f build/promises.json build/promises-tests.json
	ZUSAGE_REQUIRE_SERVERS=1 $(RUN)python -m pytest -n $(WORKERS) --dist loadscope --durations=15 $(ARGS)

lint: $(ALL)  ## style, structure, addresses
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)python -m tools.check_structure

format: $(ALL)  ## put the style right
	$(RUN)ruff format .
	$(RUN)ruff check --fix .

types: $(ALL)  ## mypy --strict
	$(RUN)mypy $(wildcard $(SOURCES))

budgets: $(ALL)  ## size, speed and licences against budgets.toml
	$(RUN)python -m tools.check_budgets

promises:  ## which promises the last test run has shown
	$(PYTHON) tools/promises_report.py

torture: $(ALL) system  ## kill -9 loops and other long runs
	ZUSAGE_REQUIRE_SERVERS=1 $(RUN)python -m pytest -m torture --timeout=3600 $(ARGS)

bench: $(ALL) system  ## measured against the hand-written rival; prints ratios
	$(RUN)python -m benchmarks $(ARGS)

docs: $(ALL)  ## write the generated parts of docs/
	$(RUN)python -m tools.check_docs --write

docs-check: $(ALL)  ## the documentation says what the program does
	$(RUN)python -m tools.check_docs

wheel: $(ALL)  ## build/dist/*.whl, of zusage and of zusage-client
	$(RUN)python -m hatchling build -t wheel -d build/dist
	cd client && $(abspath $(RUN))/python -m hatchling build -t wheel -d ../build/dist

migration: $(ALL)  ## write the initial migration anew from the tables in the code (until the first release)
	$(RUN)python -m zusage.database.migrations.freeze

constraints: $(ALL)  ## resolve the newest versions anew
	$(RUN)uv pip compile pyproject.toml client/pyproject.toml --all-extras --group dev --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-package zusage-client \
		--quiet --upgrade -o constraints.txt
	$(RUN)uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-package zusage-client --quiet -c constraints.txt -o constraints-core.txt
	echo hatchling | $(RUN)uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --quiet -c constraints.txt -o constraints-build.txt

system:
	@sh tools/system_packages.sh

clean:  ## forget everything generated
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh tools/system_packages.sh python
	$(PYTHON) -m venv $(VENV)

$(CORE): constraints-core.txt constraints-build.txt pyproject.toml client/pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes --only-binary :all: -r constraints-core.txt
	$(PIP) --require-hashes --only-binary :all: -r constraints-build.txt
	$(PIP) --no-deps --no-build-isolation -e . -e client
	@touch $@

$(ALL): constraints.txt pyproject.toml client/pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes --only-binary :all: -r constraints.txt
	$(PIP) --no-deps --no-build-isolation -e . -e client
	@touch $@ $(CORE)

$(AXE):
	@command -v npm >/dev/null || sh tools/system_packages.sh npm
	npm install --prefix build/npm --no-audit --no-fund --no-save --silent axe-core@$(AXE_VERSION)
