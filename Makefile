# Thin names over CMake and the scripts. `make help` lists them.
PREFIX ?= /usr/local
VENV := build/test-venv
LINT_VENV := build/lint-venv
# The distribution's own: a python3.11 in PATH may be pyenv's stand-in for a version that is not there.
PYTHON = $(or $(wildcard /usr/bin/python3.11),python3)
# A thousand damaged cores, looked at by the sanitized build: part of `make sanitize`, not of `make test`.
MUTATIONS := tests/integration/test_mutations.py

.PHONY: help build demo embed test unit interpreters integration lint lint-all format sanitize fuzz bench install clean

help:
	@echo "make demo        build the program, and look at a small stuck program, live and from a core"
	@echo "make test        every test (gets everything that is needed)"
	@echo "make build       build/release/stillframe"
	@echo "make embed       examples/embed/, built against an installed tree below build/embed"
	@echo "make install     build and install the program, the library and its headers to PREFIX ($(PREFIX))"
	@echo "make lint        format, clang-tidy, layers, shell scripts; the static analyzer of what changed since BASE ($(BASE))"
	@echo "make lint-all    the same, with the static analyzer of every file (half an hour)"
	@echo "make sanitize    unit tests and damaged cores under AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make fuzz        the fuzzers, each for FUZZ_SECONDS"
	@echo "make bench       side by side with PyStack, py-spy and GDB (BENCH=--quick: two rounds)"

build/release/build.ninja:
	@scripts/bootstrap build
	@cmake --preset release > /dev/null

build: build/release/build.ninja
	@cmake --build --preset release --target stillframe

demo: build
	@scripts/bootstrap demo
	@scripts/demo

# $(call make_venv,FOLDER): one that holds what the first prerequisite names.
define make_venv
	@$(PYTHON) -m venv $(1)
	@$(1)/bin/pip -q install -r $<
	@touch $@
endef

$(VENV)/bin/pytest: tests/requirements.txt
	$(call make_venv,$(VENV))

$(LINT_VENV)/bin/clang-tidy: scripts/lint-requirements.txt
	@scripts/bootstrap build test lint
	$(call make_venv,$(LINT_VENV))

unit: build/release/build.ninja
	@scripts/bootstrap build test
	@cmake --preset release -DSTILLFRAME_TESTS=ON > /dev/null
	@cmake --build --preset release
	@ctest --test-dir build/release --verbose -j 2

interpreters:
	@scripts/bootstrap build test
	@scripts/get-interpreters

embed: build
	@scripts/embed

integration: build embed interpreters $(VENV)/bin/pytest
	@$(VENV)/bin/pytest tests/integration -q -n 3 -p no:cacheprovider --ignore=$(MUTATIONS)

test: unit integration

# What a change touches begins behind this commit.
BASE ?= HEAD~10
lint: $(LINT_VENV)/bin/clang-tidy
	@scripts/bootstrap build test lint
	@scripts/lint $(BASE)

lint-all: $(LINT_VENV)/bin/clang-tidy
	@scripts/bootstrap build test lint
	@scripts/lint all

format:
	@git ls-files '*.cpp' '*.h' | xargs clang-format-19 -i

build/sanitize/build.ninja:
	@scripts/bootstrap build test lint
	@cmake --preset sanitize > /dev/null

sanitize: build/sanitize/build.ninja $(VENV)/bin/pytest
	@cmake --build --preset sanitize
	@ctest --test-dir build/sanitize --verbose -j 2
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
