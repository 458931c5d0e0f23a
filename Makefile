# The same commands for people and CI. `make` alone tells them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CORPUS ?= $(or $(CPD_CORPUS),../shared/corpus)
SAMPLES := out/samples
# Where cargo builds, for the path of the binary.
TARGET := $(or $(CARGO_TARGET_DIR),target)
SMARTCPD := $(TARGET)/release/smartcpd
# Another SIP stack and what it builds on stay outside the workspace, in a build of their own.
PEERS := cd bench-peers && CARGO_TARGET_DIR=$(abspath $(TARGET)) cargo

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: compiler console/dist/index.html ## The service at work: simulated calls, and the console with its address and password
	cargo build --release --package smartcpd
	@echo
	$(SMARTCPD) demo --console

.PHONY: samples
samples: compiler ## Analyse sample recordings: timelines here, pictures in out/index.html
	@mkdir -p out
	cargo build --release --package smartcpd --package cpd-sim
	$(TARGET)/release/make-samples $(SAMPLES)
	@echo
	$(SMARTCPD) analyze --prompts $(SAMPLES)/prompts --calls $(SAMPLES)/calls.jsonl --picture out
	@echo
	@echo "Pictures: $(CURDIR)/out/index.html"

# The console's pages, which the binary holds.
console/dist/index.html: $(shell find console -path console/node_modules -prune -o -path console/dist -prune -o -type f -print 2>/dev/null)
	@command -v npm >/dev/null || { echo "Node 20 with npm is missing: https://nodejs.org"; exit 1; }
	cd console && npm ci --no-audit --no-fund && npm run build
	@touch $@

.PHONY: test
test: tools console/dist/index.html ## Format, lints, all tests, licences, the guard on the evaluation corpus
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo test --workspace
	@$(MAKE) --no-print-directory test-console
	$(PEERS) fmt --check
	$(PEERS) clippy --all-targets -- -D warnings
	$(PEERS) test
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet
	@$(MAKE) --no-print-directory deny
	@if [ ! -e "$(CORPUS)/calls.jsonl" ]; then \
		echo "no evaluation corpus at $(CORPUS): the guard on accuracy was left out"; \
	fi

# The types of the API that the console is written with. They are kept, so that the console builds without Rust; `make test` fails
# where they are not those of the present API.
.PHONY: client
client: compiler ## The console's types of the API, made anew of its schema
	cargo build --package smartcpd
	cd console && npm ci --no-audit --no-fund && SMARTCPD_BIN=$(abspath $(TARGET))/debug/smartcpd npm run generate

.PHONY: test-console
test-console: tools console/dist/index.html ## The console: types, units, every page and journey in Chromium, on both databases
	@# The binary as the tests have it: another set of packages would build its dependencies with other features.
	cargo test --workspace --no-run
	cd console && SMARTCPD_BIN=$(abspath $(TARGET))/debug/smartcpd npm run generate -- --check && npm run check && npm test
	cd console && export SMARTCPD_BIN=$(abspath $(TARGET))/debug/smartcpd && npm run e2e && \
		../.ci/with-postgres npm run e2e -- --project=journeys

.PHONY: deny
deny: tools ## Licences, sources and advisories of what is built in
	@cargo deny --version >/dev/null 2>&1 || { \
		echo "installing cargo-deny (it checks licences) with cargo, some minutes once"; \
		cargo install --quiet --locked cargo-deny@0.20.2; \
	}
	cargo deny check licenses bans sources
	@# Advisories come from a repository of their own, which not every machine reaches.
	@if GIT_TERMINAL_PROMPT=0 timeout 20 git ls-remote -q https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then \
		cargo deny check advisories; \
	else \
		echo "the advisory database cannot be reached: advisories were left out"; \
	fi

.PHONY: evaluate
evaluate: compiler ## Accuracy on the whole evaluation corpus, with the operating curve
	cargo build --release --package smartcpd
	$(SMARTCPD) evaluate --calls $(CORPUS)/calls.jsonl --prompts $(CORPUS)/refs --curve

.PHONY: bench
bench: compiler ## Channels per core, memory per channel, 100 to 10,000 prompts; packets; SIP beside another stack
	cargo bench --package smartcpd --bench hearing
	cargo bench --package cpd-sip --bench calls
	cargo bench --package cpd-media --bench packets
	$(PEERS) bench --bench parse --bench calls

.PHONY: bench-calls
bench-calls: tools ## What calls cost, 2 minutes: CPU a call and a packet, calls a second, memory a call
	cargo build --release --package cpd-b2bua --examples
	cargo bench --package cpd-b2bua --bench load

.PHONY: bench-store
bench-store: tools ## Call records a second into PostgreSQL, and lists of ten million calls; 10 minutes, 10 GB under /tmp
	cargo bench --package cpd-store --bench records

# SOAK_S=600 lasts longer than the minute it takes by itself; SOAK_OVER=tcp or tls takes connections that break, SOAK_RECORD=1
# records every call.
.PHONY: soak
soak: tools ## Thousands of calls with random ends, loss, strangers: nothing may be left over
	cargo test --package cpd-b2bua --test sipp_calls soak -- --ignored --nocapture

# SCHEMATHESIS="--max-examples 200" asks more.
.PHONY: schemathesis
schemathesis: compiler $(TARGET)/schemathesis/bin/schemathesis ## The API by requests made of its schema: no 5xx, nothing but as described
	cargo build --package smartcpd
	crates/smartcpd/tests/schemathesis.sh $(TARGET)/debug/smartcpd $(TARGET)/schemathesis/bin/schemathesis $(SCHEMATHESIS)

$(TARGET)/schemathesis/bin/schemathesis:
	python3 -m venv $(TARGET)/schemathesis
	$(TARGET)/schemathesis/bin/pip install --quiet --disable-pip-version-check 'schemathesis>=4,<5'

.PHONY: compiler tools
# What a fresh Debian machine with Rust lacks: a C compiler and cmake, for libopus, Lua and SQLite. Tests want SIPp too, which calls us, and
# PostgreSQL, whose programs they make clusters of their own with, and Chromium, in which they look at the console.
compiler: needs = cc:build-essential cmake:cmake
tools: needs = cc:build-essential cmake:cmake sipp:sip-tester pg_ctlcluster:postgresql chromium:chromium
compiler tools:
	@missing=(); \
	for need in $(needs); do \
		command -v "$${need%%:*}" >/dev/null || missing+=("$${need##*:}"); \
	done; \
	if [ $${#missing[@]} -gt 0 ]; then \
		sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
		echo "installing $${missing[*]} with apt-get"; \
		$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$${missing[@]}"; \
	fi
	@command -v cargo >/dev/null || { echo "Rust is missing: https://rustup.rs"; exit 1; }

.PHONY: clean
clean: ## Removes what was built and drawn
	cargo clean
	rm -rf out
