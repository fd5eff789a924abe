# Thin names over CMake and the scripts. `make help` lists them.
PREFIX ?= /usr/local
VENV := build/test-venv
# The distribution's own: a python3.11 in PATH may be pyenv's stand-in for a version that is not there.
PYTHON = $(or $(wildcard /usr/bin/python3.11),python3)
# A thousand damaged cores, looked at by the sanitized build: part of `make sanitize`, not of `make test`.
MUTATIONS := tests/integration/test_mutations.py

.PHONY: help build demo test unit integration lint format sanitize fuzz bench install clean

help:
	@echo "make demo        build, and look at a small stuck program, live and from a core"
	@echo "make test        every test (gets everything that is needed)"
	@echo "make build       build/release/stillframe"
	@echo "make install     build and install to PREFIX ($(PREFIX))"
	@echo "make lint        format, clang-tidy, layers, shell scripts"
	@echo "make sanitize    unit tests and damaged cores under AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make fuzz        the fuzzers, each for FUZZ_SECONDS"
	@echo "make bench       side by side with PyStack, py-spy and GDB (BENCH=--quick: two rounds)"

build/release/build.ninja:
	@scripts/bootstrap build test
	@cmake --preset release > /dev/null

build: build/release/build.ninja
	@cmake --build --preset release

demo: build
	@scripts/demo

$(VENV)/bin/pytest: tests/requirements.txt
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip -q install -r tests/requirements.txt
	@touch $@

unit: build
	@ctest --test-dir build/release --output-on-failure -j 2 --progress

integration: build $(VENV)/bin/pytest
	@scripts/get-interpreters
	@$(VENV)/bin/pytest tests/integration -q -n 3 -p no:cacheprovider --ignore=$(MUTATIONS)

test: unit integration

lint:
	@scripts/bootstrap build test lint
	@scripts/lint

format:
	@git ls-files '*.cpp' '*.h' | xargs clang-format-19 -i

build/sanitize/build.ninja:
	@scripts/bootstrap build test lint
	@cmake --preset sanitize > /dev/null

sanitize: build/sanitize/build.ninja $(VENV)/bin/pytest
	@cmake --build --preset sanitize
	@ctest --test-dir build/sanitize --output-on-failure -j 2 --progress
	@scripts/get-interpreters pyenv
	@$(VENV)/bin/pytest $(MUTATIONS) -q -p no:cacheprovider

FUZZ_SECONDS ?= 30
fuzz:
	@scripts/bootstrap build test lint
	@scripts/fuzz $(FUZZ_SECONDS)

bench:
	@bench/run $(BENCH)

install: build
	@cmake --install build/release --prefix $(PREFIX)

clean:
	@rm -rf build
