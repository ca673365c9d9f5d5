#!/usr/bin/env bash
# Does what actions/upload-artifact does with one folder: what is in it, not the
# folder itself, and nothing that is hidden unless it was asked for.
set -euo pipefail
if [ -e "$ARTIFACTS/$NAME" ] && [ "$OVERWRITE" != true ]; then
	echo "an artifact of this name is there: $NAME"
	exit 1
fi
if [ ! -d "$FOLDER" ] || [[ $HIDDEN != true && /$FOLDER == */.* ]] || [ -z "$(find "$FOLDER" -type f -print -quit)" ]; then
	echo "no files were found with the provided path: $FOLDER"
	[ "$NOTHING" != error ]
	exit
fi
rm -rf "${ARTIFACTS:?}/$NAME"
mkdir -p "$ARTIFACTS/$NAME"
cp -rL "$FOLDER/." "$ARTIFACTS/$NAME"
if [ "$HIDDEN" != true ]; then
	find "$ARTIFACTS/$NAME" -mindepth 1 -name '.*' -prune -exec rm -rf {} +
fi
