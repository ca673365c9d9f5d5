#!/usr/bin/env bash
# Runs every fuzz target of the project for a while.
#
#   fuzz.sh [DURATION]    for each target, default 20s
set -euo pipefail
cd "$(dirname "$0")/.."
duration=${1:-20s}
grep -rl --include='*_test.go' '^func Fuzz' cmd internal | while read -r file; do
	grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | sed 's/^func //' | while read -r target; do
		echo "== $target in $(dirname "$file")"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$duration" "./$(dirname "$file")"
	done
done
