# Each target is a thin line: what it runs can be typed by hand.

PYTHON ?= python3
STACK ?= local
export STACK

.PHONY: help up preview refresh destroy status logs exec env

help:
	@sed -n 's/^\([a-z]*\):.*## /make \1  /p' Makefile

up: ## ship the service
	@$(PYTHON) -m tools up
preview: ## what up would do
	@$(PYTHON) -m tools preview
refresh: ## what is really there
	@$(PYTHON) -m tools refresh
destroy: ## take it all down
	@$(PYTHON) -m tools destroy
status logs env:
	@$(PYTHON) -m tools $@
exec:
	@$(PYTHON) -m tools exec $(CMD)
