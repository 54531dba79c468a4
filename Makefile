# Exchange routing, shown on a real RabbitMQ.  `make` lists the targets.

PYTHON ?= python3
DEMO = .venv/bin/python -m scenarios $(if $(PREDICT),--predict) $(if $(WHY),--why)
WALK = .venv/bin/python -m scenarios --walk $(if $(AUTO),--auto $(AUTO))
BROKER = .venv/bin/python -m routing

# $(call quoted,NAME): the value of a variable as one word for the shell, whatever stands in it.
quoted = '$(subst ','\'',$(value $(1)))'
LIVE = .venv/bin/python -m scenarios $(if $(value SCENARIO),$(call quoted,SCENARIO)) \
	$(if $(value CLASS),--class=$(call quoted,CLASS))

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help demo demo-default demo-direct demo-fanout demo-topic demo-headers \
	demo-journey demo-workers \
	walk-default walk-direct walk-fanout walk-topic walk-headers walk-journey \
	receive send watch up status down test verify bench check format clean

help: ## this list
	echo "make TARGET, one of:"
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
	echo "A demo with PREDICT=1 asks no broker; with WHY=1 it gives every reason:"
	echo "make demo-topic WHY=1"
	echo "receive, send and watch meet on the RabbitMQ of make up; CLASS=name keeps classes apart,"
	echo "and send takes HEADERS='region=eu,urgent:bool=true', too."

demo: .venv/run ## all the demos, one after another
	$(DEMO)

demo-default: .venv/run ## the nameless exchange: the tutorial's hello world
	$(DEMO) default

demo-direct: .venv/run ## the key, to the letter
	$(DEMO) direct

demo-fanout: .venv/run ## a copy for everyone
	$(DEMO) fanout

demo-topic: .venv/run ## patterns over words: * and #
	$(DEMO) topic

demo-headers: .venv/run ## criteria instead of keys: all or any
	$(DEMO) headers

demo-journey: .venv/run ## over several exchanges, and to an alternate one
	$(DEMO) journey

receive: .venv/run ## wait for messages: QUEUE=hello, or SCENARIO=topic QUEUE=billing
	$(LIVE) --receive=$(call quoted,QUEUE)

send: .venv/run ## send one: QUEUE=hello BODY='Hi', or SCENARIO=topic KEY=order.eu.paid
	$(LIVE) --send=$(call quoted,$(if $(value KEY),KEY,QUEUE)) \
		$(if $(value HEADERS),--headers=$(call quoted,HEADERS)) \
		$(if $(value BODY),--body=$(call quoted,BODY))

watch: .venv/run ## see what every queue gets: SCENARIO=topic
	$(LIVE) --watch

demo-workers: .venv/run ## one queue, three workers: in turn, prefetch 1, one dies
	$(BROKER) workers

walk-default: .venv/run ## step by step: guess, then see; with AUTO=SECONDS by itself
	$(WALK) default

walk-direct: .venv/run ## the same for the key, to the letter
	$(WALK) direct

walk-fanout: .venv/run ## the same for a copy for everyone
	$(WALK) fanout

walk-topic: .venv/run ## the same for patterns over words
	$(WALK) topic

walk-headers: .venv/run ## the same for criteria: all or any
	$(WALK) headers

walk-journey: .venv/run ## the same over several exchanges
	$(WALK) journey

up: .venv/run ## start a RabbitMQ in the background that the demos then use
	$(BROKER) up $(if $(MANAGEMENT),--management)

status: .venv/run ## say whether that RabbitMQ runs
	$(BROKER) status || true

down: .venv/run ## end it
	$(BROKER) down

test: .venv/dev ## all tests, on a real RabbitMQ
	.venv/bin/python -m pytest

verify: .venv/dev ## random topologies and messages, model against broker
	$(BROKER) verify $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

bench: .venv/bench ## how fast, as tables with ratios; some of it against other programs
	.venv/bin/python -m bench

check: .venv/dev ## lint and type-check; changes nothing
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo --no-cache

format: .venv/dev ## lint and format, mending what can be mended
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

clean: ## remove all that these targets made here
	if [ -e .rabbitmq/node.json ]; then .venv/bin/python -m routing down; fi
	rm -rf .venv .rabbitmq build *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "This needs Python 3.11 or newer as $(PYTHON); name another with make PYTHON=..." >&2; \
		exit 2; }
	echo "Setting up .venv, once ..." >&2
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 2; }

.venv/run: pyproject.toml .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/dev: pyproject.toml .venv/run
	echo "Installing the development tools, once ..." >&2
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.venv/bench: pyproject.toml .venv/run
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@
