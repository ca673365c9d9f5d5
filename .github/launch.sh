#!/usr/bin/env bash
# The action's only step: finds the tunegate of this checkout's version and becomes
# it, so that a cancelled job's signals reach it. It takes the one on PATH, else
# the release's if its digest is in checksums.txt, else one built from this checkout.
set -euo pipefail

# A service may start without HOME, which Go needs: take it from the password file.
[[ -n ${HOME-} ]] || { unset HOME; export HOME=~; }

action=$(cd "$(dirname "$0")/.." && pwd)
version=$(<"$action/cmd/tunegate/VERSION")

if [[ $(tunegate version 2>/dev/null) == "tunegate $version" ]]; then
	exec tunegate action
fi

binary=$(mktemp -d "${RUNNER_TEMP:-/tmp}/tunegate-XXXXXX")/tunegate

fetch() { # ASSET: downloads it from the release; -q: ignore .curlrc
	curl -q --fail --silent --show-error --location --proto '=https' --retry 2 --max-time 120 --output "$binary" \
		"https://github.com/tunegate/tunegate/releases/download/v$version/$1"
}

obtain() {
	local asset digest
	case $(uname -sm) in
	"Linux x86_64") asset=tunegate-linux-amd64 ;;
	"Linux aarch64") asset=tunegate-linux-arm64 ;;
	*) asset=tunegate-elsewhere ;;
	esac
	digest=$(awk -v asset="$asset" '
		length($1) != 64 || $1 ~ /[^0-9a-f]/ || $2 !~ /^tunegate-[a-z0-9-]+$/ || $0 != $1 "  " $2 || seen[$2]++ {
			print "tunegate: " FILENAME ":" FNR ": expected a digest, two spaces and the name of a program not listed before (hint: pin the action to a release)" >"/dev/stderr"
			exit 1
		}
		$2 == asset { print $1 }' "$action/.github/checksums.txt")
	if [[ -n $digest ]] && fetch "$asset"; then
		if ! sha256sum --check --status <<<"$digest  $binary"; then
			echo "tunegate: $asset of release v$version does not have the digest in .github/checksums.txt, so it is not run (hint: pin the action to a release)" >&2
			exit 1
		fi
	elif command -v go >/dev/null; then
		echo "tunegate: release v$version for $(uname -sm) is unavailable; building from source"
		# An empty GOFLAGS would leave that of `go env -w` in force.
		GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 go build -C "$action" -trimpath -buildvcs=false -o "$binary" ./cmd/tunegate
	else
		echo "tunegate: v$version is not on PATH, its release cannot be fetched, and there is no Go to build it (hint: put tunegate $version on the runner's PATH)" >&2
		exit 1
	fi
	chmod +x "$binary"
}

# In its own process group and waited for, because bash would handle a signal
# only after curl or go has ended. Neither needs the token.
trap 'kill -- "-$!" 2>/dev/null || true; exit 130' INT TERM
set -m
(
	unset INPUT_GITHUB_TOKEN
	obtain
) &
set +m
wait "$!"
trap - INT TERM
exec "$binary" action
