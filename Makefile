# Each target is a thin line that a person could type: `python3 -m tools <verb>`, which says more with --help.

PYTHON ?= python3
STACK ?= local
LINES ?= 100
tools = @$(PYTHON) -m tools
# Some shells export a HOST of their own: only one on make's command line is meant.
host = $(if $(filter command,$(origin HOST)),--host $(HOST))

export STACK ONLY YES UPGRADE JSON MARKDOWN HTML POLICY PREVIEW ACCOUNT REPO CLOUD BASE PR FROM TO VERSION REVIEW CLOSE DAYS ADD DROP

.DEFAULT_GOAL := help
.PHONY: help up plan preview refresh destroy rights bootstrap affected changes comment promote rollback drift review sweep status logs exec env engine test lint scan bench reference lock doctor targets upgrade-check adopt

##@ Ship the service (STACK=local unless you name another of stacks/)
up: ## ship it, and say where it is (POLICY=1: nothing that breaks a rule of policies/)
	$(tools) up $(ARGS)
plan: ## what it would be made of and cost, with no account (STACK=all; JSON=1, MARKDOWN=1, HTML=1)
	$(tools) plan
preview: ## what up would do (POLICY=1: and which rules it breaks)
	$(tools) preview $(ARGS)
refresh: ## compare the state with what is really there
	$(tools) refresh $(ARGS)
destroy: ## take it all down (YES=1 does not ask)
	$(tools) destroy $(ARGS)

rights: ## what a deployer must be allowed, by the plan (PREVIEW=1: to preview alone; ACCOUNT=number)
	$(tools) rights
bootstrap: ## what a stack on a cloud stands on: state, keyless roles for REPO=owner/name (CLOUD=aws: all its stacks; FROM=stack: for its review stacks; YES=1 makes it)
	$(tools) bootstrap

##@ Deliver a change
affected: ## the stacks that it may touch, since BASE=origin/main (JSON=1)
	$(tools) affected
changes: ## what it does to STACK, or to STACK=all that it touches (PREVIEW=1 asks the platform)
	$(tools) changes
comment: ## what its pull request is told of that; PR=number puts it there (REVIEW=address: where its own stack is)
	$(tools) comment
promote: ## let stack TO run what stack FROM runs, after showing what differs (YES=1 does it)
	$(tools) promote
rollback: ## what STACK has shipped; VERSION=number returns to one (YES=1 does it)
	$(tools) rollback
drift: ## whether what is there is still what was shipped (STACK=all; with a hub in an issue for each stack)
	$(tools) drift
review: ## ship a stack of its own for pull request PR=number, from stack FROM, as cheap as it gets (CLOSE=1 removes it)
	$(tools) review
sweep: ## which stacks of review are over: pull request closed, or older than DAYS=14 (YES=1 removes them; PR=number that alone)
	$(tools) sweep

##@ Stay current (in a copy of the template: docs/copying.md)
targets: ## where it can run: ADD=gcp brings a further platform here, DROP=aws takes one away
	$(tools) targets
upgrade-check: ## prove by the plans of all stacks that an update loses nothing that holds state (BASE=HEAD: before it)
	$(tools) upgrade-check
adopt: ## write app/service.toml for an application that is there already
	$(tools) adopt

##@ Look after it (HOST=name: on one host alone, where the stack has several)
status: ## what runs, and what the address answers
	$(tools) status $(host)
logs: ## what it says: LINES=200, FOLLOW=1, PROCESS=web
	$(tools) logs --lines $(LINES) $(if $(FOLLOW),--follow) $(if $(PROCESS),--process $(PROCESS)) $(host)
exec: ## run a command in its place: CMD="flask --app service routes"
	$(tools) exec $(host) $(if $(CMD),'$(subst ','\'',$(CMD))',$(error name a command: make exec CMD="python -V"))

##@ Work on the project
test: ## every test that this machine can run: ONLY=tools for one part, ARGS=-x for pytest
	$(tools) test $(ARGS)
lint: ## ruff, pyright, typos, hadolint and ansible-lint
	$(tools) lint
scan: ## checkov, trivy, actionlint and zizmor on what says how it is deployed, and on the plans of stacks on clouds
	$(tools) scan
bench: ## measure, and write the results in docs/
	$(tools) bench $(ARGS)
reference: ## write README's table of keys and stacks/schema.json from the settings
	$(tools) reference
lock: ## compile every lock from pyproject.toml (UPGRADE=1 to the newest versions)
	$(tools) lock
env: ## what plain Pulumi needs: eval "$$(make -s env)" && pulumi up -s local
	$(tools) env
doctor: ## what this machine has of what STACK wants, and how the rest is got (JSON=1)
	$(tools) doctor
engine: ## get a Pulumi engine with the plugins that STACK wants, and say where they are
	$(tools) engine

help:
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {gsub(/\$$\$$/, "$$", $$2); printf "  make %-13s %s\n", $$1, $$2}' Makefile
	@printf '\nFor instance:  make up  ·  make logs FOLLOW=1  ·  make up STACK=prod  ·  make test ONLY=app\n'
