# Each target sets itself up: .venv follows requirements.lock and is remade only when that file changes.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PACKAGES := $(VENV)/.packages
READY  := $(VENV)/.ready
export PYTHONHASHSEED := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lab check bench setup lock docs clean
.DELETE_ON_ERROR:

run: $(READY)            ## the default scenario, from parameters to a page
	$(PY) run_all.py $(ARGS)

test: $(READY)           ## every test
	$(PY) -m pytest -n auto --dist loadgroup $(ARGS)

lab: $(READY)            ## JupyterLab in the notebooks folder
	$(PY) -m jupyterlab --notebook-dir=. $(ARGS)

check: $(READY)          ## lint, types, floors, notebook rules, generated docs
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m shoplib lint
	$(PY) -m shoplib docs --check

bench: $(READY)          ## every promise about speed, measured beside its peer
	$(PY) -m benchmarks $(ARGS)

docs: $(READY)           ## rewrite the generated pages and schema
	$(PY) -m shoplib docs

setup: $(READY)          ## only the environment

# pip reads the exact list without resolving: one owner for every file, the same everywhere.
$(PACKAGES): requirements.lock
	@echo "Setting up $(VENV) (about 8 GB on Linux; a few minutes, once) ..."
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --no-deps -r requirements.lock
	@touch $(PACKAGES)

$(READY): $(PACKAGES) pyproject.toml
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Needs uv on the path. cv2 has one owner, opencv-python; the other two write the same folder.
lock:                    ## resolve pyproject.toml anew into requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
	  --no-emit-index-url --extra dev pyproject.toml -o requirements.full
	grep -vE '^opencv-(contrib-)?python-headless==' requirements.full > requirements.lock
	rm requirements.full

clean:                   ## everything a run made
	rm -rf outputs/* data/*.db .mypy_cache .ruff_cache .pytest_cache
