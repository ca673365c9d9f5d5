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

judge() { # BRANCH EXPECTED_EXIT EXPECTED_LINES_OF_THE_VERDICT...
	say "tunegate run --base main --head $1"
	local code=0
	"$tunegate" -C "$work" run --base main --head "$1" || code=$?
	if [ "$code" != "$2" ]; then
		say "$1 exited $code where $2 was expected"
		exit 1
	fi
	for line in "${@:3}"; do
		if ! grep -qF "$line" "$work/.tunegate/gate/verdict.json"; then
			say "the verdict on $1 lacks $line"
			exit 1
		fi
	done
}

say "tunegate setup (the first time it fetches a Python environment and builds Ollama)"
"$tunegate" -C "$work" setup
judge improve 0 '"outcome": "pass"' '"promotable": true'
judge poison 3 '"outcome": "fail"' '"promotable": false'
say "as it should be: improve passes, poison fails"
