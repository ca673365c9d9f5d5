# What a GPU runner needs, in one image: tunegate, its locked Python environment and
# Ollama. Without an argument it is an image without CUDA, to try it out; for a GPU,
# name the CUDA base with its digest:
#
#   docker build --build-arg BASE=nvidia/cuda:12.9.1-base-ubuntu24.04@sha256:... -t tunegate .
#   docker run --rm --gpus all -v tunegate:/var/lib/tunegate -v "$PWD:/repo" tunegate doctor
#
# The volume keeps results and begins with the environment that the image holds.
ARG BASE=ubuntu:24.04

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY .github/examples .github/examples
COPY cmd cmd
COPY internal internal
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w" -o /tunegate ./cmd/tunegate

FROM ollama/ollama:0.17.4 AS ollama

FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1001 --user-group tunegate \
 && install -d -o 1001 -g 1001 /var/lib/tunegate /repo \
 && git config --system --add safe.directory "*"
COPY --from=ollama /usr/bin/ollama /usr/bin/ollama
COPY --from=ollama /usr/lib/ollama /usr/lib/ollama
COPY --from=build /tunegate /usr/local/bin/tunegate

USER 1001
ENV TUNEGATE_HOME=/var/lib/tunegate
RUN tunegate setup --tools
WORKDIR /repo
HEALTHCHECK CMD ["tunegate", "list"]
ENTRYPOINT ["tunegate"]
CMD ["--help"]
