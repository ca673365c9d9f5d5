#!/usr/bin/env bash
# What a release takes beyond building its programs; docs/releasing.md has the steps.
#
#   check TAG          refuse a tag that must not be released
#   notes              print the release's notes, in Markdown
#   sbom               write an SBOM of each program, in CycloneDX, beside it
#   prepare VERSION    edit the files of the release's commit
#   next VERSION       edit the files of the commit after it
set -euo pipefail
cd "$(dirname "$0")/.."

repository=tunegate/tunegate
version=$(<cmd/tunegate/VERSION)

fail() { # WHAT HINT
	echo "release: $1 (hint: $2)" >&2
	exit 1
}

changes() { # VERSION: what CHANGELOG.md says of it, without the heading
	awk -v heading="## [$1]" '
		/^## / { inside = index($0, heading) == 1; next }
		/^\[[^]]*\]: / { next }
		inside' CHANGELOG.md | sed '/./,$!d'
}

pinned() { # PACKAGE: its version in the lock of the trainer's environment
	sed -n "s/^$1==\([^ ;]*\).*/\1/p" internal/python/requirements.lock
}

check() {
	git merge-base --is-ancestor HEAD refs/remotes/origin/main ||
		fail "the commit of $1 is not on main" "delete the tag, and tag a commit of main"
	[[ $1 == "v$version" ]] ||
		fail "the tag $1 is not v$version, the version in cmd/tunegate/VERSION" "delete the tag, and run \`make release VERSION=${1#v}\`"
	grep -qxF "const released = \"$repository@$1\"" cmd/tunegate/version.go ||
		fail "cmd/tunegate/version.go does not name $repository@$1, so \`tunegate init\` would not" "run \`make release VERSION=$version\`"
	[[ -n $(changes "$version") ]] ||
		fail "CHANGELOG.md has no entries under [$version]" "add the section \`## [$version] - DATE\`"
}

notes() {
	local name found
	printf '%s\n\n### Tested with\n\n| | version |\n|---|---|\n' "$(changes "$version")"
	for name in Ollama torch transformers trl peft bitsandbytes; do
		case $name in
		Ollama) found=$(sed -n 's|^\tgithub.com/ollama/ollama v||p' go.mod) ;;
		*) found=$(pinned "$name") ;;
		esac
		[[ -n $found ]] || fail "no version of $name in go.mod or internal/python/requirements.lock" "name it there"
		echo "| $name | $found |"
	done
	cat <<-END

		### Verify a download

		\`\`\`sh
		gh release download v$version --repo $repository
		sha256sum --check checksums.txt
		gh attestation verify tunegate-linux-amd64 --repo $repository \\
		  --signer-workflow $repository/.github/workflows/release.yml --source-ref refs/tags/v$version
		\`\`\`

		The attestation says that this repository's release workflow built the program from the tag. \`make programs\`, at the tag,
		builds the same bytes ($(sed -n 's/^RELEASE_GO := //p' Makefile)). \`tunegate-linux-amd64.cdx.json\` lists the Go modules in the program (CycloneDX) and is
		attested too: add \`--predicate-type https://cyclonedx.org/bom\`.
	END
}

sbom() {
	local program digest
	for program in bin/release/tunegate-linux-{amd64,arm64}; do
		digest=$(sha256sum "$program")
		# actions/attest wants a serial number. This UUID is always the same for the same program.
		bin/cyclonedx-gomod bin -json -notimestamp -std -version "v$version" -output "$program.cdx.json" \
			-serial "${digest:0:8}-${digest:8:4}-8${digest:13:3}-a${digest:17:3}-${digest:20:12}" "$program"
	done
}

valid() { # VERSION
	[[ $1 =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] || fail "'$1' is not a version" "such as VERSION=0.1.0"
	[[ -z $(git status --porcelain) ]] || fail "there are uncommitted changes" "commit or stash them"
}

prepare() {
	local stale
	valid "$1"
	! git rev-parse --quiet --verify "refs/tags/v$1" >/dev/null || fail "the tag v$1 exists" "take a higher version"
	[[ -n $(changes Unreleased) ]] || fail "CHANGELOG.md has no entries under [Unreleased]" "add what has changed"
	stale=$(grep -rniE 'no release yet|not released yet|until there is a release|will be the first release' README.md docs CHANGELOG.md .github/SECURITY.md --include='*.md' || true)
	[[ -z $stale ]] || fail "these pages will be wrong: $stale" "edit them and commit that first"
	sed -i "s/^## \[Unreleased\].*/&\n\n## [$1] - $(date -u +%F)/" CHANGELOG.md
	echo "$1" >cmd/tunegate/VERSION
	sed -i "s|^const released = .*|const released = \"$repository@v$1\"|" cmd/tunegate/version.go
	make checksums
	cat <<-END

		The files of the release are edited. Read \`git diff\`, then:

		  git commit --all --message "release v$1"
		  git push origin HEAD:main    # or a pull request: nothing else may be merged before it is tagged

		When main is green:

		  git fetch origin && git tag v$1 origin/main && git push origin v$1

		and, as soon as the release is out:

		  make next VERSION=...        # the version after $1
	END
}

next() {
	valid "$1"
	[[ $1 != "$version" ]] || fail "$1 is the version already" "take the next one"
	echo "$1" >cmd/tunegate/VERSION
	: >.github/checksums.txt
	cat <<-END
		Until $1 is released, the action of main builds tunegate from source:

		  git commit --all --message "begin v$1"
	END
}

case ${1-} in
check | notes | sbom | prepare | next) "$@" ;;
*) fail "no command '${1-}'" "check TAG, notes, sbom, prepare VERSION or next VERSION" ;;
esac
