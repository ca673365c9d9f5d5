#!/usr/bin/env bash
# The demo: a real git repository with two changes of its tuning data, and
# tunegate's verdict on both.
#
#   demo.sh TUNEGATE      the binary to use; results stay in $TUNEGATE_HOME
#
# Exits 0 when `improve` passes and `poison` fails, as they must.
set -euo pipefail

tunegate=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash "$(dirname "$0")/make_repo.sh" "$work"

say() { printf '\n== %s\n' "$*"; }

judge() { # BRANCH EXPECTED_EXIT
	say "tunegate run --base main --head $1"
	local code=0
	"$tunegate" -C "$work" run --base main --head "$1" || code=$?
	if [ "$code" != "$2" ]; then
		say "$1 exited $code where $2 was expected"
		exit 1
	fi
}

say "tunegate setup (the first time it fetches a Python environment and builds Ollama)"
"$tunegate" -C "$work" setup
judge improve 0
judge poison 3
say "as it should be: improve passes, poison fails"
