# Everything a person does with this repo. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup build dev test audit fmt fonts golden-accept render clean

PORT ?= 8787
TEMPLATE ?= welcome
ARGS ?=
OUT ?= $(TEMPLATE).png

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

setup: ## bring the tools (the others call it; quick when nothing is missing)
	@tools/setup

build: setup ## the Worker, as it is deployed, in build/
	@tools/build

clean: ## remove what was built; the tools in the cache stay
	rm -rf target build .wrangler
