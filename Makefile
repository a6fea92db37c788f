# make demo    set up, then answer the two headline questions
# make test    set up, then pass the tests
# make check   lint, types, duplicated facts, tests: what CI runs
# make notebooks  the course, in JupyterLab on this machine alone (notebooks/README.md)
# make mutants break each rule in turn and see that a test notices (a quarter of an hour of processor time)
# make lesson  the lesson page: results/lesson.html, one file that needs no network (a few minutes)
# make bench   speed and memory against peers and by size, to docs/benchmarks.md (half an hour; OPTIONS=--quick)
# make site    the documentation: site/index.html, which needs no network
# make lowest  the program with the lowest versions that pyproject.toml declares (a Python 3.12 is needed)

# The first that runs and is new enough; CI's own version first. A name may be there and fail: a shim of pyenv.
ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 12))'
ifndef PYTHON
PYTHON := $(shell for python in python3.13 python3.14 python3.12 python3 python; do \
    $$python $(ENOUGH) > /dev/null 2>&1 && echo $$python && break; done)
endif
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin

.PHONY: demo test check lint notebooks lesson mutants peers bench site lowest clean
demo: $(READY)
	$(BIN)/longgame run annuity --quick
	$(BIN)/longgame run herd --quick

test: $(READY)
	$(BIN)/python -m pytest -n 2

lint: $(READY)
	$(BIN)/lint-imports
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
	@test -n "$(PYTHON)" || { echo "longgame needs Python 3.12 or newer, and none was found as python3.13," \
	  "python3.14, python3.12, python3 or python. Name one with: make PYTHON=/path/to/python3.13"; exit 1; }
	@$(PYTHON) $(ENOUGH) || { echo "longgame needs Python 3.12 or newer; '$(PYTHON)' is" \
	  "$$($(PYTHON) --version 2>&1). Name another with: make PYTHON=/path/to/python3.13"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e . --group dev
	@touch $(READY)

site: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "The documentation: site/index.html"

# Python, too, in its lowest version; pyenv's shims take it from PYENV_VERSION. Wheels only: nothing is built.
lowest: $(READY)
	PYENV_VERSION=3.12 $(BIN)/uv venv --quiet --clear --no-python-downloads --python 3.12 .venv-lowest
	$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --no-build --resolution lowest-direct \
	  -r pyproject.toml --all-extras "pytest>=8.0"
	PYTHONPATH=. .venv-lowest/bin/python -m pytest --noconftest -p no:cacheprovider \
	  -W ignore tests/test_smoke.py tests/test_app.py

clean:
	rm -rf $(VENV) .venv-lowest results site
