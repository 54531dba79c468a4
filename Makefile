# Exchange routing, shown on a real RabbitMQ.  `make` lists the targets.

PYTHON ?= python3
RUN = .venv/bin/exchange-routing
PIP = .venv/bin/python -m pip --quiet --disable-pip-version-check
LOCK = .venv/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-annotate --no-emit-options --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --output-file

# What is shipped is tested and checked; a lesson that you add is your own.
LESSONS = default direct fanout topic headers journey dead-letters surprises
CHECKED = routing tests soak bench environment mutants scenarios/__init__.py scenarios/__main__.py \
	$(patsubst %,scenarios/%.py,$(subst -,_,$(LESSONS)))
THERE = $(subst _,-,$(patsubst scenarios/%.py,%,$(wildcard scenarios/[a-z]*.py)))
FOUND = $(LESSONS) $(filter-out $(LESSONS),$(THERE))

# What is given is text: no $ in it means anything to make, and only these two go on from here.
GIVEN := $(filter-out -%,$(foreach name,$(.VARIABLES), \
	$(if $(filter command,$(firstword $(origin $(name)))),$(name))))
$(foreach name,$(GIVEN),$(eval override $(name) := $$(value $(name))))
export $(filter AMQP_URL DEBIAN_ARCHIVE,$(GIVEN))
MAKEOVERRIDES =

# $(call quoted,NAME): the value of a variable as one word for the shell, whatever stands in it.
# A line break would end the recipe's line, so that it comes from the environment.
define NEWLINE


endef
export NEWLINE
quoted = '$(subst $(NEWLINE),'"$$NEWLINE"',$(subst ','\'',$(value $(1))))'
# $(call option,NAME,--word): that option with the variable's value, if it has one.
option = $(if $(value $(1)),$(2)=$(call quoted,$(1)))
# $(call knows,NAMES): ends with a word where a variable is given that the target does not know.
unknown = $(filter-out $(1) AMQP_URL DEBIAN_ARCHIVE PYTHON,$(GIVEN))
knows = $(if $(call unknown,$(1)),$(error make $@ does not know $(call unknown,$(1)), \
	but $(if $(1),$(1) and )AMQP_URL))

# $(call install,run): have .venv made, or wait for another make that does.
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "This needs Python 3.11 or newer as $(PYTHON); name another with make PYTHON=..." >&2; \
	exit 2; }
$(PYTHON) environment/install.py $(1)
endef

VERSION = $(call option,RABBITMQ,--rabbitmq)
TABLES = $(call knows,PREDICT WHY FOLLOW JSON RABBITMQ)$(RUN) demo $(if $(PREDICT),--predict) \
	$(if $(WHY),--why) $(if $(FOLLOW),--follow) $(if $(JSON),--json) $(VERSION)
WALK = $(call knows,AUTO FOLLOW FROM RABBITMQ VOTES)$(RUN) walk $(if $(VOTES),--votes) \
	$(if $(FOLLOW),--follow) \
	$(call option,FROM,--from) $(call option,AUTO,--auto) $(VERSION)
SHARED = $(call option,SCENARIO,--scenario) $(call option,CLASS,--class) $(VERSION)

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help demo $(FOUND:%=demo-%) $(FOUND:%=walk-%) $(FOUND:%=code-%) demo-workers walk-workers \
	page receive send watch wheels up cluster status down test soak versions verify bench mutants faults \
	check pictures format lock clean

help: ## this list
	$(call knows)awk 'BEGIN { print "make TARGET, one of:" } \
		/^## / { print "\n" substr($$0, 4) } \
		/^[a-z$$].*:.*## / { name = $$0; sub(/^\$$\(FOUND:%=/, "", name); \
		sub(/%\).*/, "topic", name); sub(/:.*/, "", name); \
		sub(/.*## /, ""); printf "  %-13s %s\n", name, $$0 } \
		END { print "\nRABBITMQ=4.0 chooses what is played on: 4.3, 4.0, 3.10 or 3.8."; \
		print "In place of topic: $(filter-out topic,$(FOUND))." }' Makefile || true

## see
demo: .venv/run ## all lessons; WHY=1 every reason, PREDICT=1 no broker, JSON=1
	$(TABLES)

$(FOUND:%=demo-%): demo-%: .venv/run ## one lesson: who got what, and why; FOLLOW=1 as it is saved
	$(TABLES) $*

demo-workers: .venv/run ## one queue, three workers: in turn, prefetch 1, one dies
	$(call knows,JSON RABBITMQ)$(RUN) workers $(if $(JSON),--json) $(VERSION)

$(FOUND:%=code-%): code-%: .venv/run ## a plain pika script to take home; PART=send, SAVE=mine.py
	$(call knows,PART SAVE)$(RUN) code $* $(call option,PART,--part) $(call option,SAVE,--save)

## class
$(FOUND:%=walk-%): walk-%: .venv/run ## guess, then see; VOTES=1 hands, FROM=5, AUTO=8 by itself
	$(WALK) $*

walk-workers: .venv/run ## who gets the next job? guess, then see; AUTO=8
	$(call knows,AUTO RABBITMQ)$(RUN) workers --walk $(call option,AUTO,--auto) $(VERSION)

page: .venv/run ## all lessons on one page, for any browser; SOURCE=topic
	$(call knows,PREDICT RABBITMQ SOURCE)$(RUN) page $(if $(PREDICT),--predict) $(VERSION) \
		-- $(if $(value SOURCE),$(call quoted,SOURCE))

receive: .venv/run ## QUEUE=hello; or SCENARIO=topic QUEUE=billing; CLASS=name
	$(call knows,QUEUE SCENARIO CLASS RABBITMQ)$(RUN) receive $(SHARED) -- $(call quoted,QUEUE)

send: .venv/run ## QUEUE=hello BODY=Hi; or SCENARIO=topic KEY=a HEADERS='n:int=1'
	$(call knows,QUEUE KEY SCENARIO CLASS HEADERS BODY JSON RABBITMQ)$(RUN) send $(SHARED) \
		$(call option,HEADERS,--headers) $(call option,BODY,--body) $(if $(JSON),--json) \
		-- $(call quoted,$(if $(value KEY),KEY,QUEUE))

watch: .venv/run ## SCENARIO=topic: its queues on a screen; FOLLOW=1; or ROOM=1
	$(call knows,SCENARIO FOLLOW CLASS ROOM RABBITMQ)$(RUN) watch $(if $(FOLLOW),--follow) \
		$(call option,CLASS,--class) $(VERSION) $(if $(ROOM),--room,-- $(call quoted,SCENARIO))

wheels: .venv/run ## for machines without network: what pip installs, and exercises
	$(call knows)$(PIP) wheel --wheel-dir wheels --no-deps --no-build-isolation .
	$(PIP) download --dest wheels --require-hashes --only-binary=:all: -r environment/run.txt
	cp classroom/*.toml wheels
	echo "Bring wheels/ along:  pip install --no-index --find-links wheels exchange-routing"

## ask
versions: .venv/run ## what an upgrade changes: RabbitMQs side by side; SOURCE=topic
	$(call knows,SOURCE JSON RABBITMQ)$(RUN) versions $(if $(JSON),--json) \
		$(foreach each,$(value RABBITMQ),--rabbitmq='$(subst ','\'',$(each))') \
		-- $(if $(value SOURCE),$(call quoted,SOURCE))

verify: .venv/run ## random topologies, model against broker; CASES=500, MINUTES=9
	$(call knows,CASES MINUTES SEED RABBITMQ)$(RUN) verify $(call option,CASES,--cases) \
		$(call option,MINUTES,--minutes) $(call option,SEED,--seed) $(VERSION)

## broker
up: .venv/run ## one that stays; MANAGEMENT=1; a class: LISTEN=ADDRESS TLS=1
	$(call knows,LISTEN MANAGEMENT RABBITMQ TLS)$(RUN) up $(if $(MANAGEMENT),--management) \
		$(call option,LISTEN,--listen) $(if $(TLS),--tls) $(VERSION)

cluster: .venv/run ## the same as three nodes that are one RabbitMQ; MANAGEMENT=1
	$(call knows,MANAGEMENT RABBITMQ)$(RUN) up --cluster $(if $(MANAGEMENT),--management) $(VERSION)

status: .venv/run ## whether it runs, and which RabbitMQs can be had
	$(call knows,RABBITMQ)$(RUN) status $(VERSION) || [ $$? -eq 3 ]

down: .venv/run ## end it
	$(call knows)$(RUN) down

## work on it
test: .venv/dev ## on a real RabbitMQ; LONG=1: what takes longer, such as a cluster
	$(call knows,LONG).venv/bin/python -m pytest --numprocesses=4 -m '$(if $(LONG),,not )long'

bench: .venv/dev ## how fast, with ratios; some of it against other programs
	$(call knows).venv/bin/python -m bench

soak: .venv/dev ## a crowd at once, and for long: all of it goes again; MINUTES=30
	$(call knows,MINUTES).venv/bin/python -m soak $(call option,MINUTES,--minutes)

mutants: .venv/dev ## what no test sees of changes planted in the rules; ONLY=predict
	$(call knows,ONLY)PYTHONHASHSEED=0 .venv/bin/python -m mutants $(call quoted,ONLY)

faults: .venv/dev ## each command meets each fault at each step; ONLY='demo silence'
	$(call knows,ONLY)PYTHONPATH=tests .venv/bin/python -m soak.faults $(call quoted,ONLY)

check: .venv/dev ## lint, types, order of imports, known vulnerabilities
	$(call knows).venv/bin/ruff check $(CHECKED)
	.venv/bin/ruff format --check $(CHECKED)
	.venv/bin/mypy $(CHECKED)
	.venv/bin/lint-imports --no-logo --no-cache
	.venv/bin/python environment/audit.py

pictures: .venv/dev ## those of the README, made anew
	$(call knows)rm -f pictures/topic.svg
	$(RUN) draw topic -x orders -k order.eu.paid.late --save pictures/topic.svg
	$(RUN) page --save page.html
	PYTHONPATH=tests .venv/bin/python environment/photograph.py page.html pictures/page.png

format: .venv/dev ## lint and format, mending what can be mended
	$(call knows).venv/bin/ruff check --fix $(CHECKED)
	.venv/bin/ruff format $(CHECKED)

lock: .venv/dev ## renew what is installed to the newest, in environment/
	$(call knows)$(LOCK) environment/dev.txt --extra dev --extra bench pyproject.toml
	$(LOCK) environment/run.txt --constraint environment/dev.txt pyproject.toml
	$(LOCK) environment/build.txt --constraint environment/dev.txt \
		--only-build-deps --build-deps-for editable pyproject.toml

clean: ## remove all that these targets made here
	if [ -e .venv/run ]; then $(RUN) down >/dev/null; fi
	rm -rf .venv .rabbitmq build page.html wheels *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A name that is no lesson: the command knows which one was meant.
demo-%: .venv/run
	$(TABLES) -- $(call quoted,*)

walk-%: .venv/run
	$(WALK) -- $(call quoted,*)

code-%: .venv/run
	$(call knows,PART SAVE)$(RUN) code -- $(call quoted,*)

# An interrupted make would remove its target, even one that another make has just made.
.PRECIOUS: .venv/bin/python .venv/run .venv/dev

.venv/bin/python:
	$(call install,run)

.venv/run: pyproject.toml environment/build.txt environment/run.txt .venv/bin/python
	$(call install,run)

.venv/dev: pyproject.toml environment/dev.txt .venv/bin/python
	$(call install,dev)
