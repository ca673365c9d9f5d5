#!/usr/bin/env bash
# Builds the demo's git repository: a main branch with the tutor's data, suites
# and base model, a branch for each change of the data, and one that changes none.
#
#   make_repo.sh DIR      an empty folder; the same commits every time
set -euo pipefail

demo=$(cd "$(dirname "$0")" && pwd)
cd "$1"

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@localhost GIT_AUTHOR_DATE=2026-01-01T00:00:00Z
export GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@localhost GIT_COMMITTER_DATE=2026-01-01T00:00:00Z

commit() {
	git add -A
	git commit -qm "$1"
}

cp -r "$demo/repo/." .
cp -r "$demo/base" base
git init -q -b main
commit "the tutor's data, suites and base model"
for change in improve poison; do
	git checkout -q -b "$change" main
	cp -r "$demo/$change/." .
	commit "$change"
done
git checkout -q -b noop main
echo "A tutor, and the records that tune it." > README.md
commit noop
git checkout -q main
