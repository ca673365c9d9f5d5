# Everything is done by `go` and by the tunegate binary itself; see `make help`.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
GO      ?= go

# Where tools and results are kept; the tests find Python and Ollama there.
TUNEGATE_HOME ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/tunegate
export TUNEGATE_HOME

.PHONY: help build demo setup test test-long lint bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

build: ## bin/tunegate, without cgo
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/tunegate ./cmd/tunegate

demo: build ## two changes of tuning data, judged on this machine: one passes, one fails
	bash testdata/demo/demo.sh bin/tunegate

setup: build ## what demo and test need besides Go: the Python environment and Ollama, once
	bin/tunegate setup --tools

test: setup lint ## everything, with the real trainer and the real Ollama
	$(GO) test -timeout 40m ./...

test-long: setup lint ## the same with kills, cancels, fuzzing and repeats: much longer
	TUNEGATE_TEST_LONG=1 $(GO) test -timeout 120m -count=1 ./...
	bash testdata/fuzz.sh

lint: ## gofmt and go vet
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "gofmt -w these files"; exit 1; }
	$(GO) vet ./...

bench: build ## the figures of the README, measured here
	bash testdata/bench.sh bin/tunegate

clean: ## the built binary; results and tools stay in the home
	rm -rf bin
