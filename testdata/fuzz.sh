#!/usr/bin/env bash
# Runs every fuzz target of the project for a while.
#
#   fuzz.sh [DURATION]    for each target, default 20s
#
# Go would spend up to a minute on making each input that covers new code smaller:
# of 10 s on two cores, suite's FuzzParse took 5 inputs, and with the limit 58,683.
set -euo pipefail
cd "$(dirname "$0")/.."
duration=${1:-20s}
grep -rl --include='*_test.go' '^func Fuzz' cmd internal | while read -r file; do
	grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | sed 's/^func //' | while read -r target; do
		echo "== $target in $(dirname "$file")"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$duration" -fuzzminimizetime 10x "./$(dirname "$file")"
	done
done
