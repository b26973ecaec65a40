# Needs Go. `make` lists the targets; ARGS is passed on, word by word: make test ARGS='-run Mint'

# Values from outside are text. `value` keeps make from expanding them, and recipes
# read them from the environment, so that the shell does not expand them either.
override ARGS := $(value ARGS)
override URL := $(or $(value URL),https://docs-alpha.pepay.io/api-reference/openapi.json)
override FILE := $(value FILE)
override REPORT := $(or $(value REPORT),spec-sync-report.md)
override BASE := $(or $(value BASE),origin/main)
override FUZZTIME := $(or $(value FUZZTIME),20s)
override FUZZ := $(value FUZZ)
export ARGS URL FILE REPORT BASE FUZZTIME FUZZ

# Modules that hold Go code; those without only pin a tool.
modules = $(shell for m in $$(git ls-files 'go.mod' '*/go.mod' | xargs -n 1 dirname | sort -u); do \
	test -n "$$(git ls-files "$$m/*.go")" && echo "$$m"; done)

golangci-lint := bin/golangci-lint
goreleaser := bin/goreleaser

.DEFAULT_GOAL := help
.PHONY: help run replicas test fuzz browser servers screenshots lint fmt generate check-generated bench soak scale spec-sync breaking api compat release-check mutants

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# On a terminal, job control (set -m) gives the demo a process group of its own: Ctrl-C ends the
# demo, which then succeeds, and not make, which would fail.
run: ## start the demo: everything at once on this machine (ARGS=--once for one round)
	@(sleep 2 >/dev/null 2>&1; echo "building the demo, about two minutes the first time" >&2) & note=$$!; \
	go build -o bin/pepay ./cmd/pepay; built=$$?; kill $$note 2>/dev/null; wait $$note 2>/dev/null; \
	test $$built = 0 || exit $$built; \
	set -f; if test -t 0 && test -t 2; then set -m; fi; bin/pepay demo $$ARGS; exit $$?

replicas: ## three receivers behind nginx on PostgreSQL, one killed every few seconds, and a page (ARGS='-kill 2s')
	@go -C examples/replicas build -o "$(CURDIR)/bin/replicas" .
	@set -f; if test -t 0 && test -t 2; then set -m; fi; bin/replicas $$ARGS; exit $$?

# Two modules at a time, those that take longest first: many of their tests wait for processes and
# browsers. make prints the output of a module in one piece, where it can (4.0 and later).
test: browser servers ## go vet and go test -race in every module (ARGS=-short: without what takes long, and without -race)
	@failed=$$(mktemp) && export failed && trap 'rm -f "$$failed"' EXIT && trap 'exit 130' INT TERM && \
	$(MAKE) --no-print-directory -k -j 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
		$(addprefix test-of/,$(longest) $(filter-out $(longest),$(modules))) || { \
		echo "make test: failed in module:$$(tr '\n' ' ' <"$$failed" | sed 's/^/ /; s/ $$//')" >&2; exit 1; }

longest := internal/e2e . internal/tools internal/specsync store/postgres

# One module. A nested module's tests read files of the root, which go test's cache does not notice: -count=1.
# On a busy machine, a package may take longer than the 10 minutes that go test allows by default.
# The race detector takes half of the time, so -short goes without (ARGS='-short -race' with it).
test-of/%:
	@set -f; test '$*' = . && fresh= || fresh=-count=1; \
	case " $$ARGS " in *' -short '*) race= ;; *) race=-race ;; esac; \
	cd '$*' && go test $$race -vet=all -timeout=30m $$fresh $$ARGS ./... || { test -z "$$failed" || echo '$*' >>"$$failed"; exit 1; }

fuzz: ## every fuzz test of every module, FUZZTIME=20s each (FUZZ=Decimal for those with that name)
	@internal/tools/fuzz.sh

# Installs what the browser tests need, where possible: Chromium and Firefox from the system's
# packages, the rest from npm. Without it those tests are skipped with a note, or fail if CI is set.
browser:
	@missing=; \
	command -v chromium >/dev/null || missing="chromium fonts-dejavu-core"; \
	command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing="$$missing firefox-esr"; \
	if test -n "$$missing" && command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		echo "installing $$missing" >&2; \
		(apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing) >/dev/null </dev/null || true; \
	fi
	@if command -v npm >/dev/null && ! cmp -s internal/e2e/package-lock.json internal/e2e/node_modules/.locked; then \
		npm ci --prefix internal/e2e --loglevel error >/dev/null && cp internal/e2e/package-lock.json internal/e2e/node_modules/.locked; \
	fi || true

# Installs the servers that tests start (internal/localdb), where possible. Without them those
# tests are skipped with a note, or fail if CI is set. A server that Debian starts on its own is not used.
servers:
	@missing=; \
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || missing=postgresql; \
	test -x /usr/sbin/pgbouncer || command -v pgbouncer >/dev/null || missing="$$missing pgbouncer"; \
	test -x /usr/sbin/nginx || command -v nginx >/dev/null || missing="$$missing nginx-light"; \
	if test -n "$$missing" && command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		echo "installing $$missing" >&2; \
		(apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing) >/dev/null </dev/null || true; \
	fi

screenshots: browser ## pictures of the dashboard, the console and the shop, in internal/e2e/screenshots; the README's is docs/demo-page.png
	@LOOK="$(CURDIR)/internal/e2e/screenshots" go -C internal/e2e test -count=1 -run TestLook $(ARGS) .

lint: $(golangci-lint) ## golangci-lint in every module, go vet for the other systems, actionlint
	@set -f; root=$$PWD; failed=; for m in $(modules); do \
		(cd "$$m" && "$$root/$(golangci-lint)" run --config "$$root/.golangci.yml" $$ARGS ./...) || failed="$$failed $$m"; \
	done; \
	for os in darwin windows; do \
		GOOS=$$os go vet ./... || failed="$$failed .($$os)"; \
	done; \
	go tool -modfile=internal/actionlint/go.mod actionlint -shellcheck= -pyflakes= || failed="$$failed .github"; \
	test -z "$$failed" || { echo "make lint: failed in module:$$failed" >&2; exit 1; }

fmt: $(golangci-lint) ## format every module the way lint wants it
	@root=$$PWD; for m in $(modules); do \
		(cd "$$m" && "$$root/$(golangci-lint)" fmt --config "$$root/.golangci.yml") || exit 1; \
	done

# Built from its own module, again only when the pinned version changes.
$(golangci-lint): internal/lint/go.mod internal/lint/go.sum
	@echo "building golangci-lint, once; this takes a few minutes" >&2
	@go -C internal/lint build -o "$$PWD/$@" github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# Likewise. Only releases need it.
$(goreleaser): internal/goreleaser/go.mod internal/goreleaser/go.sum
	@echo "building goreleaser, once; this takes several minutes" >&2
	@go -C internal/goreleaser build -o "$$PWD/$@" github.com/goreleaser/goreleaser/v2

release-check: $(goreleaser) ## build what a release of this commit would consist of, in dist/, and check it
	@internal/tools/release.sh --snapshot

generate: ## regenerate everything that comes from openapi.json and api/
	@go generate ./...

check-generated: generate ## fail if generating changes anything that is committed
	@git add -A -N && git diff --exit-code || { \
		echo "make check-generated: the tree differs from the last commit after make generate; commit what it wrote" >&2; exit 1; }

# URL is where Pepay publishes the contract; FILE=… reads one from disk instead.
spec-sync: ## take over a published contract (URL=… or FILE=…) and report what it changes (REPORT=…)
	@if test -n "$$FILE"; then \
		case $$FILE in /*) ;; *) FILE=$$PWD/$$FILE ;; esac; \
		set -- "-file=$$FILE"; \
	else set -- "-url=$$URL"; fi; \
	go -C internal/specsync run . "-root=$$PWD" "-report=$$REPORT" "$$@"

breaking: ## what both documents break compared with a revision (BASE=origin/main)
	@internal/oasdiff/breaking.sh "$$BASE"

api: ## rewrite docs/api.txt, the list of everything that programs can use
	@go -C internal/tools run ./apitext -root "$$PWD"

compat: ## what this tree does to programs written for the last release
	@internal/tools/compat.sh

bench: ## benchmarks side by side with other libraries
	@set -f; go -C internal/bench run . $$ARGS

scale: ## what one, two and four processes carry here, for docs/scale.md (ARGS='-rounds 3'); needs PostgreSQL
	@set -f; go -C internal/bench run ./scale $$ARGS

soak: ## many streams of a Pepay that keeps failing: nothing lost, nothing left behind (ARGS=-seed=2)
	@set -f; go -C internal/bench run ./soak $$ARGS

mutants: ## break the code in a hundred places, one at a time, and see that tests notice (ARGS='-run stream:')
	@set -f; go -C internal/tools build -o "$$PWD/bin/mutants" ./mutants && bin/mutants $$ARGS
