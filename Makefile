# Everything is done by `go` and by the tunegate binary itself; see `make help`.
GO    ?= go
# The same bytes from the same commit, on any machine: an empty GOFLAGS would leave
# that of `go env -w` in force.
BUILD := GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w'
# The Go that a release is built with.
RELEASE_GO := go1.26.8

# Where tools and results are kept; the tests find Python and Ollama there.
TUNEGATE_HOME ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/tunegate
export TUNEGATE_HOME

# Locked for this platform alone.
ifeq ($(shell uname -sm),Linux x86_64)
LINTERS := bin/linters/bin
endif

.PHONY: help build programs checksums sbom release next demo setup test test-long fuzz test-engines lint bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

build: ## bin/tunegate, without cgo
	$(BUILD) -o bin/tunegate ./cmd/tunegate

programs: ## those of a release: bin/release/tunegate-linux-amd64 and -arm64
	GOTOOLCHAIN=$(RELEASE_GO) GOOS=linux GOARCH=amd64 $(BUILD) -o bin/release/tunegate-linux-amd64 ./cmd/tunegate
	GOTOOLCHAIN=$(RELEASE_GO) GOOS=linux GOARCH=arm64 $(BUILD) -o bin/release/tunegate-linux-arm64 ./cmd/tunegate

checksums: programs ## their digests, as the action checks them
	cd bin/release && sha256sum tunegate-linux-amd64 tunegate-linux-arm64 > ../../.github/checksums.txt

sbom: bin/cyclonedx-gomod ## an SBOM of each program, beside it
	bash .github/release.sh sbom

# The same bytes everywhere, since what it writes contains its digest.
bin/cyclonedx-gomod: .github/tools/sbom/go.mod .github/tools/sbom/go.sum
	cd .github/tools/sbom && GOTOOLCHAIN=$(RELEASE_GO) $(BUILD) -o $(CURDIR)/bin/ tool
	@touch $@

release: ## edit the files of the release VERSION=x.y.z and print the commands that follow (docs/releasing.md)
	@bash .github/release.sh prepare "$(VERSION)"

next: ## edit the files of the commit after a release, for VERSION=x.y.z
	@bash .github/release.sh next "$(VERSION)"

demo: build ## two changes of tuning data, judged on this machine: one passes, one fails
	bash testdata/demo/demo.sh bin/tunegate

setup: build ## what demo and test need besides Go: the Python environment and Ollama, once
	bin/tunegate setup --tools

test: setup lint ## everything, with the real trainer and the real Ollama
	$(GO) test -timeout 40m -parallel 3 ./...

test-long: setup lint ## the same with kills, cancels and repeats: up to an hour
	TUNEGATE_TEST_LONG=1 $(GO) test -timeout 90m -count=1 ./...

fuzz: ## every parser of untrusted input, FUZZ_TIME (20s) for each
	bash testdata/fuzz.sh $(FUZZ_TIME)

test-engines: setup ## each serving engine through the same tests: Ollama, and llama.cpp's llama-server, which is built
	bash testdata/engines.sh

# What the whole tree is excused from; a single line says so itself (#nosec).
# G104: an error that nothing acts on is one of Close, Kill or Remove in tidying up.
# G115: numbers are bounded before they are converted, and what parses untrusted files is fuzzed.
# G301, G302, G306: internal/modes_test.go is stricter, and lists what others may read.
# G304: it reads files that its user or its store names; those of a pull request are git objects.
GOSEC_EXCLUDED := G104 G115 G301 G302 G304 G306

WORKFLOWS := .github/workflows/*.yml .github/examples/*.yml
SCRIPTS   := .ci/run .github/*.sh .github/tools/*.sh testdata/*.sh testdata/demo/*.sh testdata/github/*/*.sh

lint: bin/act $(LINTERS:%=%/zizmor) ## gofmt, go vet, staticcheck, gosec, govulncheck; actionlint and zizmor for workflows; shellcheck, hadolint
	@test -z "$$(gofmt -l cmd internal .github)" || { gofmt -l cmd internal .github; echo "gofmt -w these files"; exit 1; }
	$(GO) vet ./...
	bin/staticcheck -checks all ./...
	bin/gosec $(GOSEC_EXCLUDED)
	bash .github/tools/vulncheck.sh bin/govulncheck ./...
	bin/actionlint -shellcheck=$(LINTERS:%=%/shellcheck) -pyflakes= -config-file .github/actionlint.yaml $(WORKFLOWS)
	$(if $(LINTERS),$(LINTERS)/zizmor --quiet --offline --persona auditor $(WORKFLOWS) action.yml .github/dependabot.yml)
	$(if $(LINTERS),$(LINTERS)/shellcheck $(SCRIPTS))
	$(if $(LINTERS),$(LINTERS)/hadolint Dockerfile,@echo "SKIPPED: zizmor, shellcheck and hadolint, which are locked for Linux on x86-64")

bin/linters/bin/zizmor: .github/tools/requirements.txt
	python3 -m venv --clear bin/linters
	bin/linters/bin/pip install --quiet --require-hashes --only-binary :all: --no-deps -r $<
	@touch $@

# act runs the workflows in the tests, the others are linters.
bin/act: .github/tools/go.mod .github/tools/go.sum .github/tools/gosec/main.go
	$(GO) build -C .github/tools -ldflags '-s -w' -o $(CURDIR)/bin/ tool
	@touch bin/act

bench: build ## the figures of docs/machine.md, measured here
	bash testdata/bench.sh bin/tunegate

clean: ## the built binary; results and tools stay in the home
	rm -rf bin
