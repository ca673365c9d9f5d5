package main

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/github/githubtest"
)

// project is the top of this repository, from the package's folder.
var project = filepath.Join("..", "..")

// standIns are what the workflows use from elsewhere, and the folders below
// testdata/github that stand in for them.
var standIns = map[string]string{
	"actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1":          "checkout",
	"actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f":   "upload-artifact",
	"actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c": "download-artifact",
	"actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e":          "setup-go",
	"actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6":            "attest",
}

// actionFiles are those of the action that a step needs.
func actionFiles() []string {
	return []string{"action.yml", ".github/launch.sh", ".github/checksums.txt", "cmd/tunegate/VERSION"}
}

// testAction is the action that the workflows use: this checkout's.
const testAction = "octo-org/tunegate@0123456789abcdef0123456789abcdef01234567"

// testToken is the token that jobs get; no log may show it.
const testToken = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"

// findAct is act as `make lint` and `make test` build it. Without it a test is
// skipped, loudly, and fails in CI.
func findAct(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(project, "bin", "act"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v: run `make bin/act` first", err)
		}
		t.Skipf("SKIPPED, so no workflow is tested: %v (run `make bin/act`)", err)
	}
	return path
}

// act runs a workflow that init writes as GitHub would for the event, with the fake as
// its API, on hosted machines that have an empty home and on this one.
func (h *hub) act(workflow string, e event) actRun {
	h.Helper()
	h.runs++
	run := actRun{TB: h.TB, artifacts: cmp.Or(h.kept, h.TempDir()), jobs: map[string]string{}}
	payload := filepath.Join(h.dir, "event.json")
	if err := os.WriteFile(payload, e.payload, 0o644); err != nil {
		h.Fatal(err)
	}
	args := []string{e.name, "--json", "--eventpath", payload, "--workflows", filepath.Join(h.dir, workflow),
		"--no-skip-checkout", "--no-cache-server", "--use-gitignore=false", "--action-offline-mode", "--concurrent-jobs", "1",
		"--secret", "GITHUB_TOKEN=" + testToken, "--insecure-secrets", // a mask would hide that the log has it
		"--env", "GITHUB_API_URL=" + h.api.URL, "--env", "GITHUB_REPOSITORY=" + githubtest.Repository,
		"--env", "SHA_REF=" + e.sha, "--env", "GITHUB_RUN_ID=" + strconv.Itoa(1000+h.runs),
		"--local-repository", testAction + "=" + filepath.Join(h.dir, "action")}
	for _, label := range append([]string{"ubuntu-24.04"}, h.labels...) {
		args = append(args, "--platform", label+"=-self-hosted")
	}
	for used, folder := range standIns {
		args = append(args, "--local-repository", used+"="+absolute(h, project, "testdata", "github", folder))
	}
	cmd := exec.Command(h.actPath, args...)
	cmd.Dir = h.dir
	cmd.Env = append([]string{
		"HOME=" + h.dir, "TUNEGATE_HOME=" + h.home, "HOSTED_HOME=" + filepath.Join(h.dir, "hosted"), "TUNEGATE=" + h.binary, "ARTIFACTS=" + run.artifacts,
		"PATH=" + absolute(h, project, "testdata", "github", "runner") + string(filepath.ListSeparator) + os.Getenv("PATH"),
	}, h.env...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		h.Fatal(err)
	}
	run.read(out)
	if err != nil && len(run.jobs) == 0 {
		h.Fatalf("%s: no job ran: %v\n%s%s", workflow, err, out, complaints.Bytes())
	}
	if strings.Contains(string(out), testToken) {
		h.Errorf("%s: the token is in the log", workflow)
	}
	return run
}

func absolute(t testing.TB, parts ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
