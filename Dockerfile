# What tunegate needs on a GPU machine, in one image: the command, its locked Python
# environment and Ollama. GitHub's Actions runner is not in it: a runner's image
# begins with this one (FROM), or the command is called by hand:
#
#   docker build --build-arg BASE=nvidia/cuda:12.9.1-base-ubuntu24.04@sha256:... -t tunegate .
#   docker run --rm --gpus all -v tunegate:/var/lib/tunegate -v "$PWD:/repo" tunegate doctor
#
# Without arguments it has no CUDA, to try it out. Each of the three images may be
# named with its digest. The volume keeps results and begins with the environment
# that the image holds.
ARG BASE=ubuntu:24.04
ARG GO=golang:1.26.8-bookworm
ARG OLLAMA=ollama/ollama:0.17.4

FROM ${GO} AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY .github/examples .github/examples
COPY cmd cmd
COPY internal internal
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w" -o /tunegate ./cmd/tunegate

FROM ${OLLAMA} AS ollama

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
# Reads every kept result too, so it is not asked often.
HEALTHCHECK --interval=1h --timeout=30m --retries=1 CMD ["tunegate", "-C", "/", "doctor"]
ENTRYPOINT ["tunegate"]
CMD ["--help"]
