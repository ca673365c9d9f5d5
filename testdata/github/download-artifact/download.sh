#!/usr/bin/env bash
# Does what actions/download-artifact does with a name.
set -euo pipefail
if [ ! -d "$ARTIFACTS/$NAME" ]; then
	echo "artifact not found for name: $NAME"
	exit 1
fi
mkdir -p "$FOLDER"
cp -r "$ARTIFACTS/$NAME/." "$FOLDER"
