#!/usr/bin/env bash
# Does what actions/checkout does with $REF, $FOLDER and $DEPTH.
set -euo pipefail
if [ "$PERSIST" != false ]; then
	echo "persist-credentials is not false: a later step would find the token in .git/config"
	exit 1
fi
mkdir -p "$FOLDER"
cd "$FOLDER"
git init -q
git remote add origin "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"

want=${REF:-$GITHUB_SHA}
for kind in heads tags; do
	found=$(git ls-remote origin "refs/$kind/$want" | cut -f1)
	want=${found:-$want}
done
if [ "$DEPTH" = 0 ]; then
	git fetch -q origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'
	git fetch -q origin "$want"
else
	git fetch -q --no-tags --depth "$DEPTH" origin "$want"
fi
git checkout -q --detach "$want"
