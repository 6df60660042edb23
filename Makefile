# The work is done by `planbot` (bot/cli); each target here is one line of meaning.
.DEFAULT_GOAL := help
.PHONY: help setup run shell train test check bench lock
PYTHON ?= python3
PLANBOT := .venv/bin/planbot
# whoever wants no bytecode beside the sources still waits half as long when it is kept elsewhere
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.build/bytecode
endif

help:   ## what can be done here
	@grep -hE '^[a-z]+: .*##|^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready   ## install everything into this folder
.venv/.ready: requirements.lock pyproject.toml .python-version tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py

run: setup   ## the assistant on 127.0.0.1:5005
	@$(PLANBOT) run $(if $(PORT),--port $(PORT))

shell: setup   ## talk to it here; DEBUG=1 shows what it understood
	@$(PLANBOT) shell $(if $(DEBUG),--debug)

train: setup   ## train the model, if anything it learns from has changed
	@$(PLANBOT) train

test: setup   ## every test
	@$(PLANBOT) train
	@.venv/bin/python tools/browser.py
	@.venv/bin/python -m pytest $(if $(ARGS),$(ARGS),-n auto --dist loadgroup --ignore tests/browser)
	@$(if $(ARGS),true,.venv/bin/python -m pytest tests/browser)

check: setup   ## style, types, content, dialogue, unsafe code, advisories
	@$(PLANBOT) check

bench: setup   ## accuracy and speed, beside Rasa's default pipeline
	@.venv/bin/python -m benchmarks $(ARGS)

lock: setup   ## choose and lock versions again
	@.uv/bin/uv lock --upgrade && .uv/bin/uv export --frozen --no-emit-project --no-annotate --no-header -o requirements.lock > /dev/null
