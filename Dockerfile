# What tunegate needs on a GPU machine, in one image: the command, its locked Python
# environment and Ollama. GitHub's Actions runner is not in it: a runner's image
# begins with this one (FROM), or the command is called by hand:
#
#   digest() { docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1"; }
#   docker build -t tunegate --build-arg BASE=nvidia/cuda:12.9.1-base-ubuntu24.04 \
#     --build-arg BASE_DIGEST="$(digest nvidia/cuda:12.9.1-base-ubuntu24.04)" \
#     --build-arg GO_DIGEST="$(digest golang:1.26.8-bookworm)" \
#     --build-arg OLLAMA_DIGEST="$(digest ollama/ollama:0.17.4)" .
#   docker run --rm --gpus all -v tunegate:/var/lib/tunegate -v "$PWD:/repo" tunegate doctor
#
# A tag may be moved, a digest (sha256:...) cannot: without all three, "invalid
# reference format" ends the build. Keep those that you built with, and look at what
# is new before you take others. Without BASE it has no CUDA, to try it out. The
# volume keeps results and begins with the environment that the image holds.
ARG BASE=ubuntu:24.04
ARG BASE_DIGEST
ARG GO=golang:1.26.8-bookworm
ARG GO_DIGEST
ARG OLLAMA=ollama/ollama:0.17.4
ARG OLLAMA_DIGEST

FROM ${GO}@${GO_DIGEST} AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY .github/examples .github/examples
COPY cmd cmd
COPY internal internal
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w" -o /tunegate ./cmd/tunegate

FROM ${OLLAMA}@${OLLAMA_DIGEST} AS ollama

FROM ${BASE}@${BASE_DIGEST}
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1001 --user-group tunegate \
 && install -d -o 1001 -g 1001 /var/lib/tunegate /repo \
 && git config --system --add safe.directory /repo
COPY --from=ollama /usr/bin/ollama /usr/bin/ollama
COPY --from=ollama /usr/lib/ollama /usr/lib/ollama
COPY --from=build /tunegate /usr/local/bin/tunegate

USER 1001
ENV TUNEGATE_HOME=/var/lib/tunegate
RUN tunegate setup --tools
WORKDIR /repo
# Reads every kept result too, so it is not asked often.
HEALTHCHECK --interval=1h --timeout=30m --retries=1 CMD ["tunegate", "-C", "/", "doctor"]
ENTRYPOINT ["tunegate"]
CMD ["--help"]
