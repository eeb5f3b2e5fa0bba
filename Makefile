# Every habit is one word; `make help` tells them and their options. The work is in setup/.
PYTHON ?= python3
DO := $(PYTHON) -m setup

.PHONY: help demo test test-core shell story pictures lint bench clean
.DEFAULT_GOAL := help

help:
	@$(DO) help

demo:
	@$(DO) demo

test:
	@$(DO) test

test-core:
	@$(DO) test-core

shell:
	@$(DO) shell

story:
	@$(DO) story

pictures:
	@$(DO) pictures

lint:
	@$(DO) lint

bench:
	@$(DO) bench

clean:
	@$(DO) clean
