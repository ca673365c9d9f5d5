#!/usr/bin/env bash
# Refuses what actions/attest refuses, and appends "KIND DIGEST  NAME" for each subject.
set -euo pipefail
kind=provenance
if [[ -n $SBOM ]]; then
	kind=sbom
	for key in bomFormat specVersion serialNumber; do
		grep -q "\"$key\": \"." "$SBOM" || { echo "Unsupported SBOM format. Must be valid SPDX or CycloneDX JSON."; exit 1; }
	done
fi
case $SUBJECT:$CHECKSUMS in
:?*) cat "$CHECKSUMS" ;;
?*:) cd "$(dirname "$SUBJECT")" && sha256sum "$(basename "$SUBJECT")" ;;
*) echo "One of subject-path, subject-digest, or subject-checksums must be provided" && exit 1 ;;
esac | sed "s/^/$kind /" >>"$HOME/attested"
