package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/github/githubtest"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

// releaseHub is GitHub around a source: act runs release.yml for its tags.
func releaseHub(s source) *hub {
	s.Helper()
	h := &hub{lab: lab{TB: s.TB}, actPath: findAct(s.TB), api: githubtest.New(s.TB), dir: s.TempDir(), origin: s.origin}
	settings := fmt.Sprintf("[url %q]\n\tinsteadOf = https://github.com/%s\n", s.origin, githubtest.Repository)
	workflow := s.read(".github/workflows/release.yml")
	for name, data := range map[string]string{".gitconfig": settings, "release.yml": workflow} {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte(data), 0o644); err != nil {
			s.Fatal(err)
		}
	}
	for _, entry := range s.env {
		if path, ok := strings.CutPrefix(entry, "PATH="); ok {
			list := string(filepath.ListSeparator)
			h.env = []string{"PATH=" + absolute(s, project, "testdata", "github", "release") + list + absolute(s, project, "testdata", "github", "runner") + list + path}
		}
	}
	return h
}

// pushTag is the event of a tag that was pushed. GitHub's example of a push is not here.
func (h *hub) pushTag(tag string) event {
	h.Helper()
	return h.event("push", h.tip(tag), "workflow_dispatch", values{"ref": "refs/tags/" + tag})
}

// published is a file that the workflow left in the home.
func (h *hub) published(name string) string {
	h.Helper()
	data, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		h.Error(err)
	}
	return string(data)
}

// expectRelease compares what release.yml made of a tag with its source.
func (h *hub) expectRelease(s source, tag string) {
	h.Helper()
	checksums := s.read(".github/checksums.txt")
	if h.published("releases/"+tag+"/checksums.txt") != checksums || strings.Count(checksums, "\n") != 2 {
		h.Errorf("checksums.txt: %s", checksums)
	}
	files := s.must(`cd "$1"; sha256sum --check --quiet --strict checksums.txt; echo *`, filepath.Join(h.dir, "releases", tag))
	if want := "checksums.txt tunegate-linux-amd64 tunegate-linux-amd64.cdx.json tunegate-linux-arm64 tunegate-linux-arm64.cdx.json\n"; files != want {
		h.Errorf("the release has %s", files)
	}
	notes := h.published("releases/" + tag + ".md")
	for _, part := range []string{"\n| Ollama | " + ollama.PinnedVersion + " |\n", "\n| transformers | ", releaseChanges} {
		if !strings.Contains(notes, part) {
			h.Errorf("the notes lack %q:\n%s", part, notes)
		}
	}
	lines := strings.SplitAfter(checksums, "\n")
	want := "provenance " + lines[0] + "provenance " + lines[1] + "sbom " + lines[0] + "sbom " + lines[1]
	if got := h.published("attested"); got != want {
		h.Errorf("attested:\n%swant:\n%s", got, want)
	}
}

// What may sign runs no script, and what may publish waits for a reviewer.
func TestReleaseRights(t *testing.T) {
	t.Parallel()
	var w workflowKeys
	referencetest.ReadYAML(t, filepath.Join(project, ".github", "workflows", "release.yml"), &w)
	rights := map[string]map[string]string{
		"build":   {"contents": "read"},
		"attest":  {"id-token": "write", "attestations": "write"},
		"publish": {"contents": "write"},
	}
	for id, job := range w.Jobs {
		if diff := cmp.Diff(rights[id], job.Permissions); diff != "" {
			t.Errorf("job %s: %s", id, diff)
		}
		if (job.Environment == "release") != (id == "publish") {
			t.Errorf("job %s is in the environment %q", id, job.Environment)
		}
		for _, step := range job.Steps {
			if id == "attest" && step.Run != "" {
				t.Errorf("the job that signs runs %q", step.Run)
			}
		}
	}
}

// The workflow of a release, whose programs are stand-ins: what it publishes, and that
// it publishes nothing if a program is not the one in checksums.txt.
func TestReleaseWorkflow(t *testing.T) {
	t.Parallel()
	s := newSource(t, releaseFiles()...)
	h := releaseHub(s)
	s.must("make release VERSION=9.8.7; git commit -qam release; git tag v9.8.7; git push -q origin HEAD:main v9.8.7")
	h.act("release.yml", h.pushTag("v9.8.7")).expect(map[string]string{"build": succeeded, "attest": succeeded, "publish": succeeded})
	h.expectRelease(s, "v9.8.7")

	published := map[string]string{"build": failed}
	for name, test := range map[string]struct{ edit, tag, says string }{
		"another program": {"sed -i 's/^var version/var  version/' cmd/tunegate/version.go", "v9.8.7", "tunegate-linux-arm64"},
		"one program":     {"sed -i 2d .github/checksums.txt", "v9.8.7", "tunegate-linux-arm64"},
		"another tag":     {"", "v9.8.6", "the tag v9.8.6 is not v9.8.7"},
	} {
		s.must(`git reset -q --hard v9.8.7; eval "$2"; git commit -q --allow-empty -am "$1"; git push -q --force origin HEAD:main "HEAD:refs/tags/$3"`, name, test.edit, test.tag)
		if err := os.RemoveAll(filepath.Join(h.dir, "releases")); err != nil {
			t.Fatal(err)
		}
		run := h.act("release.yml", h.pushTag(test.tag))
		if run.expect(published); !strings.Contains(run.said("build"), test.says) {
			t.Errorf("%s: it said:\n%s", name, run.said("build"))
		}
		if _, err := os.Stat(filepath.Join(h.dir, "releases")); err == nil {
			t.Errorf("%s is published", name)
		}
	}
}

// A first release as it would be, save what only GitHub has: the programs are built,
// what the workflow makes of them in another folder is the same, and the action and
// init of the release use it.
func TestReleaseForReal(t *testing.T) {
	if os.Getenv("TUNEGATE_TEST_LONG") == "" {
		t.Skip("needs minutes: set TUNEGATE_TEST_LONG=1")
	}
	t.Parallel()
	s := newSource(t)
	s.env = append(s.env, "PATH="+os.Getenv("PATH"))
	h := releaseHub(s)
	h.env = append(h.env, strings.Fields(s.must(`for name in GOCACHE GOMODCACHE; do echo "$name=$(go env $name)"; done`))...)
	s.must("make release VERSION=9.8.7; git commit -qam release; git tag v9.8.7; git push -q origin HEAD:main v9.8.7")
	h.act("release.yml", h.pushTag("v9.8.7")).expect(map[string]string{"build": succeeded, "attest": succeeded, "publish": succeeded})
	h.expectRelease(s, "v9.8.7")
	release := filepath.Join(h.dir, "releases", "v9.8.7")
	s.must(`make sbom; diff -r --exclude checksums.txt bin/release "$1"; grep -q '"name": "github.com/alecthomas/kong"' "$1/tunegate-linux-arm64.cdx.json"`, release)

	// The action of that commit runs the release's program, which has no event here.
	proctest.WriteFile(t, filepath.Join(s.dir, "../path/curl"), fmt.Sprintf("#!/bin/bash\nwhile [[ $1 != --output ]]; do shift; done\ncp %q/\"${3##*/}\" \"$2\"\n", release))
	out, err := s.run(`PATH=$PWD/../path:$PATH env -u GITHUB_EVENT_NAME bash .github/launch.sh`)
	if err == nil || !strings.Contains(out, "GITHUB_EVENT_NAME") || strings.Contains(out, "building") {
		t.Errorf("%v\n%s", err, out)
	}
	s.must(`cd "$2"; cp "$1/tunegate-linux-amd64" .; chmod +x tunegate-linux-amd64; ./tunegate-linux-amd64 version | grep -qx 'tunegate 9.8.7'
git init -q; ./tunegate-linux-amd64 init; grep -q 'uses: tunegate/tunegate@v9.8.7$' .github/workflows/gpu.yml`, release, t.TempDir())
	s.must(`go test ./cmd/tunegate -run 'TestScripts/init|TestReleasedAction|TestWorkflowFiles'`)
	s.must("make next VERSION=9.8.8; go test ./cmd/tunegate -run 'TestScripts/init|TestReleasedAction|TestWorkflowFiles'")
}
