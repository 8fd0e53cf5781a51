# Everything that a person or a machine does here. A fresh machine needs python3 (3.11 or newer) with venv, pip and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PRODUCT ?= alpitronic-hyc-200-eu
BROWSER := tests/reports/accessibility

.PHONY: help certify test accessibility check format bench selftest coverage generate clean

help:  ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# Two environments in one: what runs Plugfest is installed first, so that `make certify` starts soon.
$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[pdf]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,pdf]'
	@touch $@

certify: $(VENV)/.run  ## certify a seed product (PRODUCT=name) and write its report under reports/
	$(BIN)/plugfest certify $(PRODUCT) --report reports/$(PRODUCT)

test: check  ## every check and every test
	$(BIN)/pytest -n auto -rs

# What it needs beside Python comes from Debian and npm; without it `make test` skips these tests, and says so.
accessibility: $(VENV)/.dev $(BROWSER)/node_modules/.installed  ## look at the page of a report with axe-core in Chromium
	@which chromium chromium-browser google-chrome google-chrome-stable | grep -q . || apt-get install --yes chromium
	$(BIN)/pytest $(BROWSER) -p no:xdist -rs

$(BROWSER)/node_modules/.installed: $(BROWSER)/package.json
	@command -v npm > /dev/null || apt-get install --yes npm
	npm install --prefix $(BROWSER) --no-package-lock --no-audit --no-fund --silent
	@touch $@

check: $(VENV)/.dev  ## style, types and the walls between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## measure against peers, and what a campaign costs
	$(BIN)/pytest benchmarks -p no:xdist --benchmark-disable-gc

selftest: $(VENV)/.run  ## wrong stations: which of them does the lab notice? (five to ten minutes)
	$(BIN)/plugfest selftest --json docs/selftest.json

coverage: $(VENV)/.dev  ## write docs/coverage.md anew, from the code and the last self-test
	$(BIN)/python -m tools.coverage

generate: $(VENV)/.dev  ## write the OCPP messages anew from the schema files, and the schema of a report
	$(BIN)/python -m tools.generate_messages
	$(BIN)/python -m tools.report_schema

clean:  ## forget the environment and every cache
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/*.egg-info $(BROWSER)/node_modules
