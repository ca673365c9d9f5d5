package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/github/githubtest"
	"github.com/tunegate/tunegate/internal/runs"
)

// TestPublishTellsOfRealRuns publishes what the binary's own runs leave, up to
// where a model would be trained.
func TestPublishTellsOfRealRuns(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	api := githubtest.New(t)
	text, err := os.ReadFile(filepath.Join(l.repo, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	api.SetFile("main", config.FileName, text)
	bad := `git checkout -qb bad && echo '[{"instruction": "What is 3 + 4?"}]' > data/bad.json && git add -A && git commit -qm bad && git checkout -q main
git checkout -qb conflict && echo '[{"instruction": "What is 3 + 4?", "output": "7"}]' > data/both.json && git add -A && git commit -qm conflict && git checkout -q main
echo '[{"instruction": "What is 3 + 4?", "output": "seven"}]' > data/both.json && git add -A && git commit -qm both`
	script := exec.Command("bash", "-c", bad)
	script.Dir, script.Env = l.repo, append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@localhost", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@localhost")
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, test := range []struct {
		branch, words, state string
		run, publish         int // exit codes
		flags                []string
	}{
		{branch: "improve", words: "tunegate: data is fine", state: "pending", flags: []string{"--announce"}},
		{branch: "conflict", words: "rebase", state: "error", run: 2, publish: 1},
		{branch: "bad", words: "the data has 1 new error", state: "failure", run: 3, publish: 3},
		{branch: "noop", words: "tunegate: unchanged", state: "success"},
		{branch: "", words: "tunegate: no result", state: "error", publish: 1},
	} {
		number, head := i+1, strings.Repeat("d", 40)
		if test.branch != "" {
			run := l.command("run", "--base", "main", "--head", test.branch, "--until", "dataset")
			run.Env = append(os.Environ(), "GITHUB_EVENT_NAME=pull_request")
			if run.Run(); run.ProcessState.ExitCode() != test.run {
				t.Fatalf("%s: the run exits %d", test.branch, run.ProcessState.ExitCode())
			}
			tip, err := exec.Command("git", "-C", l.repo, "rev-parse", test.branch).Output()
			if head = strings.TrimSpace(string(tip)); err != nil {
				t.Fatal(err)
			}
		} else if err := os.RemoveAll(filepath.Join(l.repo, runs.CopyFolder)); err != nil {
			t.Fatal(err)
		}
		api.AddPull(githubtest.Pull{Number: number, HeadSHA: head, HeadRef: test.branch, BaseRef: "main", BaseSHA: strings.Repeat("e", 40), Author: "octocat", Open: true})
		out, code := l.publish(api, number, test.branch, head, test.flags...)
		if code != test.publish {
			t.Errorf("%s: publish exits %d: %s", test.branch, code, out)
		}
		comments, statuses := api.Comments(number), api.Statuses(head)
		if len(comments) != 1 || len(statuses) != 1 || !strings.Contains(comments[0].Body, test.words) || statuses[0].State != test.state {
			t.Errorf("%s: %.500v, %v\n%s", test.branch, comments, statuses, out)
		}
	}
}

// publish runs the command as a step of a pull_request's workflow does.
func (l lab) publish(api *githubtest.Server, number int, branch, head string, flags ...string) (out string, code int) {
	l.Helper()
	payload, err := json.Marshal(map[string]any{
		"repository": map[string]any{"default_branch": "main"},
		"pull_request": map[string]any{
			"number": number, "base": map[string]any{"ref": "main"},
			"head": map[string]any{"ref": branch, "sha": head, "user": map[string]any{"login": "octo-org"}, "repo": map[string]any{"full_name": githubtest.Repository}},
		},
	})
	path := filepath.Join(l.TempDir(), "event.json")
	if err := errors.Join(err, os.WriteFile(path, payload, 0o644)); err != nil {
		l.Fatal(err)
	}
	cmd := l.command(append([]string{"publish", "--status", "tunegate"}, flags...)...)
	cmd.Env = append(os.Environ(), "GITHUB_EVENT_NAME=pull_request", "GITHUB_EVENT_PATH="+path, "GITHUB_REPOSITORY="+githubtest.Repository,
		"GITHUB_RUN_ID="+fmt.Sprint(100+number), "GITHUB_SHA="+head, "GITHUB_SERVER_URL=https://github.com", "GITHUB_API_URL="+api.URL,
		"GITHUB_TOKEN=secret", "GITHUB_STEP_SUMMARY="+filepath.Join(l.TempDir(), "summary.md"))
	data, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.Fatal(err)
	}
	return string(data), cmd.ProcessState.ExitCode()
}
