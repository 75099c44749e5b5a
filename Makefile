# Every target leaves its work to Python; make only prepares .venv and names the verbs.
.DEFAULT_GOAL := help
.PHONY: help up down uninstall doctor test test-unit test-lessons test-engine test-e2e lint format bench lock

WORKSPACE = .venv/bin/workspace
PYTEST = .venv/bin/python -m pytest
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

# What Typer and its libraries load for colours and checked values: no command inside uses it.
UNUSED = pydantic pydantic-core annotated-types typing-extensions typing-inspection colorama \
	rich markdown-it-py mdurl pygments

help:                  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

up: .venv              ## everything from nothing: engine, images, stack
	@$(WORKSPACE) up

down: .venv            ## stop the stack and its workspaces, keep everything
	@$(WORKSPACE) down

uninstall: .venv       ## ask, then remove all but the data root
	@$(WORKSPACE) uninstall

doctor: .venv          ## check the machine and the stack
	@$(WORKSPACE) doctor

test: lint machine test-unit test-lessons test-engine test-e2e  ## set up what is missing, then run every test

test-unit: dev         ## needs no engine; a worker a core, for a whole hub in memory takes one
	$(PYTEST) -n logical --dist loadfile -m "not engine and not e2e and not lessons" tests

test-lessons: machine  ## every lesson, in fresh containers with no network
	.venv/bin/python -m tests.lessons.in_images

# What looks at the whole engine is alone with it; what is in a container of its own is not.
APART = tests/contract tests/images
test-engine: machine
	$(PYTEST) -n logical --dist loadfile -m "engine and not e2e" $(APART)
	$(PYTEST) -m "engine and not e2e" $(APART:%=--ignore=%) tests

test-e2e: machine
	$(PYTEST) -m e2e tests/e2e

lint: dev              ## ruff and mypy --strict
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: dev            ## rewrite what ruff can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: machine         ## measure against stock JupyterHub, as a table and JSON
	.venv/bin/python -m tests.bench

lock: dev              ## write the locks of command line, hub and development anew
	cd requirements && for name in base bench hub hub-build dev lessons lessons-build; do \
		../$(LOCK) $$name.in -o $$name.txt || exit 1; done
	cd requirements && ../$(LOCK) $(UNUSED:%=--no-emit-package %) remote.in -o remote.txt

# setup.sh decides by itself whether anything is left to do.
.PHONY: .venv dev machine
.venv:
	@sh setup.sh

dev: .venv
	@sh setup.sh dev

machine: dev
	@.venv/bin/python -m tests.machine
