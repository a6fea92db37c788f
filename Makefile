# make demo    set up, then answer the two headline questions
# make test    set up, then pass the tests
# make check   lint, types, duplicated facts, tests: what CI runs
# make notebooks  the course, in JupyterLab on this machine alone (notebooks/README.md)
# make mutants break each rule in turn and see that a test notices (a quarter of an hour of processor time)
# make lesson  the lesson page: results/lesson.html, one file that needs no network (a few minutes)
# make bench   speed and memory against peers and by size, to docs/benchmarks.md (half an hour; OPTIONS=--quick)
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin

.PHONY: demo test check lint notebooks lesson mutants peers bench clean
demo: $(READY)
	$(BIN)/longgame run annuity --quick
	$(BIN)/longgame run herd --quick

test: $(READY)
	$(BIN)/python -m pytest -n 2

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

check: lint test

lesson: $(READY)
	$(BIN)/longgame lesson

notebooks: $(READY)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt --group notebook
	$(BIN)/jupyter lab --ip 127.0.0.1 --notebook-dir notebooks $(OPTIONS)

mutants: $(READY)
	$(BIN)/python -m tests.mutants

peers: $(READY)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt --group bench

bench: peers
	$(BIN)/python -m benchmarks.bench $(OPTIONS)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { \
	  echo "longgame needs Python 3.12 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
	       "Name another with: make PYTHON=/path/to/python3.13"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e . --group dev
	@touch $(READY)

clean:
	rm -rf $(VENV) results
