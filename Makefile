# Every habit is one word; `make help` tells them and their options. The work is in setup/.
PYTHON ?= python3

WORDS := help demo test shell story pictures lint bench clean
.PHONY: $(WORDS)
.DEFAULT_GOAL := help

$(WORDS):
	@$(PYTHON) -m setup $@
