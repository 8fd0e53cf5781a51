# The commands of this project, for people and for CI. A new machine needs python3 (3.11 or newer) with venv, pip, and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PRODUCT ?= alpitronic-hyc-200-eu
EFFORT ?= 100
BROWSER := tests/reports/accessibility
KILLS   ?= 100

.PHONY: help certify test check lint format docs accessibility browser bench power-cuts reliability selftest fuzz audit hashes locked generate clean

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# What Plugfest needs to run is installed first, so that `make certify` starts soon; what development needs comes later.
$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[pdf]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,pdf,pades]'
	@touch $@

certify: $(VENV)/.run  ## test a product of the catalog (PRODUCT=name) and write the report to reports/
	$(BIN)/plugfest certify $(PRODUCT) --report reports/$(PRODUCT)

test: check  ## all checks and all tests (about ten minutes)
	$(BIN)/pytest -n auto -rs

check: lint docs audit  ## lint, types, dependencies, vulnerabilities, documentation (about two minutes)
	$(BIN)/mypy
	$(BIN)/lint-imports

lint: $(VENV)/.dev  ## style and format of the code (seconds)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev  ## let ruff fix what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev  ## build the documentation with the API reference into build/site (half a minute)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Chromium comes from Debian, axe-core from npm. Without them `make test` skips these tests and says so.
accessibility: $(VENV)/.dev browser  ## check the HTML report and the web pages with axe-core in Chromium
	$(BIN)/pytest $(BROWSER) tests/web -p no:xdist -rs

browser: $(BROWSER)/node_modules/.installed  ## install Chromium and axe-core for the tests of pages
	@which chromium chromium-browser google-chrome google-chrome-stable | grep -q . || apt-get install --yes chromium

$(BROWSER)/node_modules/.installed: $(BROWSER)/package.json
	@command -v npm > /dev/null || apt-get install --yes npm
	npm install --prefix $(BROWSER) --no-package-lock --no-audit --no-fund --silent
	@touch $@

bench: $(VENV)/.dev  ## measure against peers, and measure what a campaign costs (about five minutes)
	$(BIN)/pytest benchmarks -p no:xdist --benchmark-disable-gc

power-cuts: $(VENV)/.dev  ## kill stations at commits and at random moments, and compare what they have kept (KILLS=1000: a quarter of an hour)
	$(BIN)/python -m tools.power_cuts --kills $(KILLS)

selftest: $(VENV)/.run  ## which wrong stations does the lab detect? Updates docs/selftest.csv (about twenty minutes)
	@mkdir -p build
	$(BIN)/plugfest selftest --json build/selftest.json
	$(BIN)/python -m tools.selftest_results build/selftest.json

reliability: $(VENV)/.dev  ## the tests of docs/reliability.md, with two workers (two minutes)
	$(BIN)/pytest @tests/reliability.txt -n 2 --durations=20

fuzz: $(VENV)/.dev  ## hostile frames, files, certificates, requests: EFFORT times as many as in `make test` (an hour)
	PLUGFEST_FUZZ=$(EFFORT) $(BIN)/pytest tests/fuzz -rs

audit: $(VENV)/.dev  ## known vulnerabilities of the dependencies; without a network it prints that there are no advisories
	$(BIN)/python -m tools.dependencies.audit constraints.txt

hashes: $(VENV)/.dev  ## write requirements-hashed.txt after a change of constraints.txt
	@mkdir -p build
	$(BIN)/pip install --dry-run --ignore-installed --no-deps --quiet --report build/pip.json --requirement constraints.txt
	$(BIN)/python -m tools.dependencies.hashes build/pip.json

locked:  ## install exactly the files of requirements-hashed.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-hashed.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(VENV)/.run $(VENV)/.dev

generate: $(VENV)/.dev  ## generate the JSON schemas and the messages of OCPP, and the JSON Schema of a report
	$(BIN)/python -m tools.generate_schemas
	$(BIN)/python -m tools.generate_messages
	$(BIN)/python -m tools.report_schema

clean:  ## remove the environment and all caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/*.egg-info $(BROWSER)/node_modules
