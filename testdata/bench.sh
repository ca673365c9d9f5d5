#!/usr/bin/env bash
# Prints the figures that docs/machine.md quotes, measured on this machine.
#
#   bench.sh TUNEGATE     a built binary; `make setup` must have been run
#
# Results go to a home of their own that borrows the installed tools.
set -euo pipefail

tunegate=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
tools=${TUNEGATE_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/tunegate}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/repo"
for tool in python ollama; do
	[ -d "$tools/$tool" ] || { echo "no $tool in $tools: run make setup first" >&2; exit 1; }
	ln -s "$tools/$tool" "$work/home/$tool"
done
bash "$here/demo/make_repo.sh" "$work/repo"
export TUNEGATE_HOME=$work/home

timed() { # LABEL EXPECTED_EXIT COMMAND...
	local label=$1 want=$2 code=0 from to
	shift 2
	from=$(date +%s.%N)
	"$@" >"$work/out" 2>"$work/err" || code=$?
	to=$(date +%s.%N)
	if [ "$code" != "$want" ]; then
		tail -20 "$work/err" "$work/out" >&2
		echo "$label exited $code" >&2
		exit 1
	fi
	awk -v label="$label" -v a="$from" -v b="$to" 'BEGIN { printf "%-46s %8.2f s\n", label, b - a }'
}

printf '%-46s %8s\n' "processor cores" "$(nproc)"
awk -v bytes="$(stat -c %s "$tunegate")" 'BEGIN { printf "%-46s %8.1f MB\n", "binary, stripped", bytes / 1e6 }'
timed "setup, tools there: base GGUF, tag, answers" 0 "$tunegate" -C "$work/repo" setup
timed "improve: data to verdict" 0 "$tunegate" -C "$work/repo" run --base main --head improve
timed "poison: data to verdict" 3 "$tunegate" -C "$work/repo" run --base main --head poison
timed "improve again, unchanged" 0 "$tunegate" -C "$work/repo" run --base main --head improve
echo
echo "packages (go test -bench):"
cd "$here/.."
go test -run '^$' -bench . -benchtime 2x ./internal/... ./cmd/tunegate 2>/dev/null | grep '^Benchmark' || true
