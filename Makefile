# Everything a person does with a clone: `make` alone lists it. Each target sets up what it needs by itself.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test check bench load format up pins clean
BIN := .venv/bin
# Test processes side by side, and anything else for pytest or the benchmark: make test WORKERS=4 ARGS="-k lineage"
WORKERS ?= 2
ARGS ?=
# Another browser for the tests of the pages than the one that is found
export CHROMIUM
# Settings of your shell must not reach tests and checks: they would write into a real home.
CLEAN_ENVIRONMENT := unset DAGSTER_HOME $${!REELINEAGE_@};

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: ## make .venv with the pinned packages; installs missing system packages where it may
	@scripts/setup.sh

demo: setup ## make a video from the ready theme and the labelled sample feed
	@$(BIN)/reelineage make themes/trend_briefing.yaml

browser:
	@scripts/browser.sh

test: setup browser ## run all tests; names or installs the browser that some of them drive
	@$(CLEAN_ENVIRONMENT) $(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup ## lint, types, import rules, Dagster definitions, documentation
	@$(CLEAN_ENVIRONMENT) PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check.sh

bench: setup ## measure what composing costs against the encoder alone and other tools; ARGS=--quick takes minutes
	@$(CLEAN_ENVIRONMENT) $(BIN)/python -m benchmarks.compose --json var/benchmark.json $(ARGS)

load: setup ## let 200 readers and 20 writers use the console for a minute; ARGS=--quick takes seconds
	@$(CLEAN_ENVIRONMENT) $(BIN)/python -m benchmarks.load $(ARGS)

format: setup ## rewrite the code in the one layout that `make check` accepts
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

up: setup ## start the console, Dagster and its daemon on this machine, and print a link that signs you in
	@$(BIN)/reelineage up

pins: setup ## write the installed versions to constraints.txt
	@scripts/pins.sh

clean: ## remove .venv and all caches; var/ with your videos stays
	@rm -rf .venv build ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
