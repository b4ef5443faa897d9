# make run       a neighbourhood in your browser            (DATA=path of a file of your own, PORT=8501)
# make test      every check and test, in under 20 minutes (WIJKTWIN_BROWSER=path of a Chromium or Chrome)
# make test-all  the same with the exhaustive sweeps
# make check     the checks that take seconds: style, types, import contracts
# make folder    a folder with all of it, for a laptop without rights   (OUT=folder to make, DATA=neighbourhood folder,
#                WINDOWS_PYTHON=embeddable package of python.org: a folder for Windows)
# make container an image for hosting, with podman or docker            (IMAGE=name)
# make clean     removes what these commands made
# Needs make and Python 3.11 or newer (PYTHON=path to choose one).

.DEFAULT_GOAL := help
.PHONY: help run test test-all check environment constraints folder container clean
.SUFFIXES:
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP

DATA ?=
PORT ?=
WORKERS ?= 2
OUT ?= wijktwin-folder
IMAGE ?= wijktwin
python := .venv/bin/python
install := $(python) -m pip install --quiet --no-input --disable-pip-version-check --constraint constraints.txt

# An environment that was moved with its folder, or whose Python is gone, is made again.
ifneq ($(wildcard .venv/home.stamp),)
ifneq ($(shell cat .venv/home.stamp; $(python) -c "" 2>/dev/null && echo works),$(CURDIR) works)
$(shell rm -rf .venv)
endif
endif

help:
	@sed -n 's/^# \(make .*\)/  \1/p' Makefile

run: .venv/runtime.stamp data/example/PROVENANCE.md
	@exec $(python) -m wijktwin run $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port $(PORT))

.venv/home.stamp:
	@found=$$(PYTHON="$(PYTHON)" sh .ci/find_python.sh) || exit 1; \
	$(python) -c "import pip" >/dev/null 2>&1 || { \
	    echo "Making .venv with $$("$$found" --version) ..."; \
	    "$$found" -m venv --clear .venv || { echo ".venv could not be made with $$found: see above."; exit 1; }; }
	@echo "$(CURDIR)" > $@

.venv/runtime.stamp: .venv/home.stamp pyproject.toml constraints.txt
	@echo "Installing the pinned packages (a minute or two, once) ..."
	@$(install) --editable . >.venv/install.log 2>&1 || { \
	    tail -n 15 .venv/install.log; \
	    echo "The packages could not be installed: pip's last lines are above, all of them in .venv/install.log."; exit 1; }
	@touch $@

.venv/test.stamp: .venv/runtime.stamp
	@echo "Installing the test tools ..."
	@$(install) --editable ".[test]" >.venv/install.log 2>&1 || { \
	    tail -n 15 .venv/install.log; \
	    echo "The test tools could not be installed: pip's last lines are above, all of them in .venv/install.log."; exit 1; }
	@touch $@

# The example is part of the project; it is only built where somebody took it away.
data/example/PROVENANCE.md: | .venv/runtime.stamp
	@echo "Building the example neighbourhood ..."
	@$(python) -m wijktwin example build --out data/example

environment: .venv/test.stamp
	@$(python) .ci/node_tools.py

check: .venv/test.stamp
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy
	@.venv/bin/lint-imports --no-logo

# Two more judges of accessibility come from npm's registry, while the first tests run.
test: check data/example/PROVENANCE.md
	@sh .ci/find_libraries.sh $(python)
	@browser=$$(sh .ci/find_browser.sh $(python)) || exit 1; \
	$(python) .ci/node_tools.py & tools=$$!; \
	$(python) -m pytest -q -n $(WORKERS) --dist loadfile -m "not browser and not exhaustive" && { wait $$tools || echo "Without them their tests are skipped."; } && \
	WIJKTWIN_BROWSER="$$browser" $(python) -m pytest -q -m "browser and not exhaustive" tests/browser

test-all: check data/example/PROVENANCE.md
	@sh .ci/find_libraries.sh $(python)
	@browser=$$(sh .ci/find_browser.sh $(python)) || exit 1; \
	$(python) .ci/node_tools.py & tools=$$!; \
	$(python) -m pytest -q -n $(WORKERS) --dist loadfile -m "not browser" && { wait $$tools || echo "Without them their tests are skipped."; } && \
	WIJKTWIN_BROWSER="$$browser" $(python) -m pytest -q -m browser tests/browser

# New pins from what is installed now: first `.venv/bin/python -m pip install --upgrade ...`, then this, then `make test-all`.
constraints: .venv/test.stamp
	@$(python) .ci/pin.py > constraints.new && mv constraints.new constraints.txt && echo "constraints.txt holds what is installed now."

folder: .venv/home.stamp
	@$(python) .ci/make_folder.py --out "$(OUT)" $(if $(DATA),--data "$(DATA)") $(if $(WINDOWS_PYTHON),--windows-python "$(WINDOWS_PYTHON)")

# podman leaves HEALTHCHECK out unless the image is of docker's kind
container:
	@engine=$$(command -v podman || command -v docker) || { echo "Neither podman nor docker was found: install one of them."; exit 1; }; \
	case "$$engine" in *podman) kind="--format docker" ;; *) kind="" ;; esac; \
	"$$engine" build $$kind --file Containerfile --tag "$(IMAGE)" .

clean:
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results build dist constraints.new
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
