#!/usr/bin/env bash
# Does what actions/upload-artifact does with one folder: what is in it, not the
# folder itself, and nothing that is hidden unless it was asked for.
set -euo pipefail
there=$(find "$ARTIFACTS" -mindepth 2 -maxdepth 2 -name "$NAME")
if [ -n "$there" ] && [ "$OVERWRITE" != true ]; then
	echo "an artifact of this name is there: $NAME"
	exit 1
fi
if [ ! -d "$FOLDER" ] || [[ $HIDDEN != true && /$FOLDER == */.* ]] || [ -z "$(find "$FOLDER" -type f -print -quit)" ]; then
	echo "no files were found with the provided path: $FOLDER"
	[ "$NOTHING" != error ]
	exit
fi
rm -rf "$there"
id=$RANDOM$RANDOM
kept=$ARTIFACTS/$id/$NAME
mkdir -p "$kept"
cp -rL "$FOLDER/." "$kept"
if [ "$HIDDEN" != true ]; then
	find "$kept" -mindepth 1 -name '.*' -prune -exec rm -rf {} +
fi
echo "artifact-id=$id" >>"$GITHUB_OUTPUT"
