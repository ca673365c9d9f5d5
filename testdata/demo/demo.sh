#!/usr/bin/env bash
# The demo: a git repository with two changes of its tuning data, and
# tunegate's verdict on both.
#
#   demo.sh TUNEGATE      the binary to use; results are kept in $TUNEGATE_HOME
#
# Exits 0 if `improve` passes and `poison` fails, as expected.
set -euo pipefail

tunegate=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash "$(dirname "$0")/make_repo.sh" "$work"

say() { printf '\n== %s\n' "$*"; }

judge() { # BRANCH EXPECTED_EXIT EXPECTED_LINES_OF_THE_VERDICT...
	say "tunegate run --base main --head $1"
	local code=0
	"$tunegate" -C "$work" run --base main --head "$1" || code=$?
	if [ "$code" != "$2" ]; then
		say "$1 exited with $code instead of $2"
		exit 1
	fi
	for line in "${@:3}"; do
		if ! grep -qF "$line" "$work/.tunegate/gate/verdict.json"; then
			say "the verdict on $1 lacks $line"
			exit 1
		fi
	done
}

say "tunegate setup (the first time, this downloads a Python environment and builds Ollama)"
"$tunegate" -C "$work" setup
judge improve 0 '"outcome": "pass"' '"promotable": true'
judge poison 3 '"outcome": "fail"' '"promotable": false'
say "as expected: improve passes, poison fails"
