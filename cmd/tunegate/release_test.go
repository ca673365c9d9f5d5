package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/report/reporttest"
)

// releaseChanges is a CHANGELOG.md before a release and, as its notes say it, what the
// release changes.
const (
	releaseChangelog = `# Changelog

## [Unreleased]

### Added

- A promise.

## [0.0.9] - 2026-01-01

- Nothing.

[Unreleased]: https://example.com/compare
`
	releaseChanges = "### Added\n\n- A promise.\n"
)

// releaseFiles are those that a release looks at, its programs' sources apart.
func releaseFiles() []string {
	return []string{".gitignore", "Makefile", "README.md", "go.mod", "docs", ".github", "cmd/tunegate/VERSION", "cmd/tunegate/version.go", "internal/python/requirements.lock"}
}

// source is a clone of this checkout, with the edits of its working tree, and of a bare
// repository beside it. A release of it can be prepared.
type source struct {
	testing.TB
	dir, origin string
	env         []string
}

// newSource clones these files or folders; without any it clones all.
func newSource(t testing.TB, files ...string) source {
	t.Helper()
	top := t.TempDir()
	s := source{TB: t, dir: filepath.Join(top, "source"), origin: filepath.Join(top, "origin.git"), env: append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@localhost", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@localhost",
		"PATH="+absolute(t, project, "testdata", "github", "quick")+string(filepath.ListSeparator)+os.Getenv("PATH"))}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const clone = `to=$PWD; cd "$1"; git ls-files -z --cached --others --exclude-standard -- "${@:2}" | xargs -0 cp --parents -t "$to"`
	s.must(clone, append([]string{absolute(t, project)}, files...)...)
	s.write("CHANGELOG.md", releaseChangelog)
	s.must("sed -i -E '/no release yet|not released yet|until there is a release/Id' README.md docs/*.md .github/SECURITY.md")
	s.must(`git init -q -b main; git add -A; git commit -q -m begun; git init -q --bare "$1"; git remote add origin "$1"; git push -q origin main; git fetch -q`, s.origin)
	return s
}

func (s source) write(name, data string) {
	s.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(data), 0o644); err != nil {
		s.Fatal(err)
	}
}

func (s source) read(name string) string {
	s.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(data)
}

// run runs a script in the clone and gives what it says.
func (s source) run(script string, args ...string) (string, error) {
	cmd := exec.Command("bash", append([]string{"-euo", "pipefail", "-c", script, "bash"}, args...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s source) must(script string, args ...string) string {
	s.Helper()
	out, err := s.run(script, args...)
	if err != nil {
		s.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

// The files that `make release` and `make next` edit, and what they and the release's
// workflow refuse. The commands are tried in this order, in one clone.
func TestReleaseScript(t *testing.T) {
	t.Parallel()
	s := newSource(t, releaseFiles()...)
	refused := func(command, want string) {
		t.Helper()
		if out, err := s.run(command); err == nil || !strings.Contains(out, want) || !strings.Contains(out, "(hint: ") {
			t.Errorf("%s: %v, want %q:\n%s", command, err, want, out)
		}
	}
	const prepare, check = "make release VERSION=9.8.7", "bash .github/release.sh check v9.8.7"
	refused("bash .github/release.sh", "no command ''")
	refused("make release", "'' is not a version")
	refused("make release VERSION=v9.8.7", "'v9.8.7' is not a version")
	refused("make release VERSION=9.8.07", "'9.8.07' is not a version")
	refused(check, "the tag v9.8.7 is not v"+version)
	refused("git tag v9.8.7; trap 'git tag -d v9.8.7' EXIT; "+prepare, "the tag v9.8.7 exists")
	refused("echo There is no release yet. >README.md; "+prepare, "there are uncommitted changes")
	refused("git commit -qam x; "+prepare, "README.md:1:There is no release yet.")
	if released == "" { // which the real one says in such words
		s.must(`cp "$1" README.md`, absolute(t, project, "README.md"))
		refused("git commit -qam x; "+prepare, "README.md:")
	}
	s.must("git reset -q --hard origin/main")
	refused("sed -i 's/A promise/This will be the first release/' CHANGELOG.md; git commit -qam x; "+prepare, "CHANGELOG.md:7:")
	s.must("git reset -q --hard origin/main; echo '# Changelog' >CHANGELOG.md; git commit -qam x")
	refused(prepare, "CHANGELOG.md has no entries under [Unreleased]")
	s.must("git reset -q --hard origin/main")

	s.must(prepare + "| sed -n 's/^  //p' >../commands; date -u +%F >../day")
	if diff := cmp.Diff(".github/checksums.txt\nCHANGELOG.md\ncmd/tunegate/VERSION\ncmd/tunegate/version.go\n", s.must("git diff --name-only")); diff != "" {
		t.Errorf("edited (+): %s", diff)
	}
	section := "## [Unreleased]\n\n## [9.8.7] - " + strings.TrimSpace(s.read("../day")) + "\n"
	if want := strings.Replace(releaseChangelog, "## [Unreleased]\n", section, 1); s.read("CHANGELOG.md") != want {
		t.Errorf("CHANGELOG.md:\n%s", s.read("CHANGELOG.md"))
	}
	if !strings.Contains(s.read("cmd/tunegate/version.go"), "\nconst released = \"tunegate/tunegate@v9.8.7\"\n") || s.read("cmd/tunegate/VERSION") != "9.8.7\n" {
		t.Errorf("version.go: %s", s.read("cmd/tunegate/version.go"))
	}

	// What it prints is typed. Then the tag is on main, and good.
	s.must("sed 's/ *#.*//; /^make next/d' ../commands >../script; bash -e ../script; git checkout -q v9.8.7; " + check)
	if tag, main := s.must("git rev-parse v9.8.7"), s.must(`git --git-dir "$1" rev-parse main`, s.origin); tag != main {
		t.Errorf("the tag is %s, main is %s", tag, main)
	}
	refused("bash .github/release.sh check v9.8.70", "the tag v9.8.70 is not v9.8.7")
	refused("sed -i s/9.8.7/9.8.6/ cmd/tunegate/version.go; "+check, "version.go does not name tunegate/tunegate@v9.8.7")
	refused("git reset -q --hard; sed -i s/9.8.7/9.8.6/ CHANGELOG.md; "+check, "CHANGELOG.md has no entries under [9.8.7]")
	refused("git reset -q --hard; git commit -q --allow-empty -m beside; git tag origin/main; "+check, "the commit of v9.8.7 is not on main")

	s.must("git checkout -q main")
	refused("make next VERSION=9.8.7", "9.8.7 is the version already")
	s.must("make next VERSION=9.9.0 | sed -n 's/^  //p' >../script; bash -e ../script; git diff --exit-code HEAD")
	if s.read(".github/checksums.txt") != "" || s.read("cmd/tunegate/VERSION") != "9.9.0\n" || !strings.Contains(s.read("cmd/tunegate/version.go"), "@v9.8.7\"") {
		t.Error("after the release its checksums are there, or another version")
	}
}

// The notes: the version's changes, what it was tested with, how to verify it.
func TestReleaseNotes(t *testing.T) {
	t.Parallel()
	changelog, err := os.ReadFile(filepath.Join(project, "CHANGELOG.md"))
	if err != nil || !strings.Contains(string(changelog), "\n## [Unreleased]\n") {
		t.Errorf("CHANGELOG.md has no section for the next release: %v", err)
	}
	s := newSource(t, releaseFiles()...)
	s.write("CHANGELOG.md", strings.Replace(releaseChangelog, "[Unreleased]", "[1.2.3] - 2026-12-01", 1))
	s.write("cmd/tunegate/VERSION", "1.2.3\n")
	s.write("Makefile", "RELEASE_GO := go1.2.3\n")
	s.write("go.mod", "require (\n\tgithub.com/ollama/ollama v0.1.2\n)\n")
	const lock = "internal/python/requirements.lock"
	s.write(lock, "torch-x==9\ntorch==2.0.1 \\\n    --hash=sha256:00\ntransformers==5.0.0\ntrl==1.0.0 ; python_full_version < '4'\npeft==0.2.1\nbitsandbytes==0.5.0\n")
	notes := s.must("bash .github/release.sh notes")
	reporttest.Golden(t, "release-notes.md", []byte(notes))
	s.write(lock, "torch==2.0.1\n")
	if out, err := s.run("bash .github/release.sh notes"); err == nil || !strings.Contains(out, "no version of transformers in go.mod or "+lock) {
		t.Errorf("%v: %s", err, out)
	}
}
