#!/usr/bin/env bash
# Does what actions/download-artifact does with a name or with one id.
set -euo pipefail
if [[ -n $NAME && -n $ID || -z $NAME$ID ]]; then
	echo "either a name or an id, not '$NAME' and '$ID'"
	exit 1
fi
found=$(find "$ARTIFACTS" -mindepth 2 -maxdepth 2 -path "$ARTIFACTS/${ID:-*}/${NAME:-*}")
if [ -z "$found" ]; then
	echo "no artifact '$NAME$ID'"
	exit 1
fi
mkdir -p "$FOLDER"
cp -r "$found/." "$FOLDER"
