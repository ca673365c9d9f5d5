package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/actions/actionstest"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/runs"
)

// thisSHA is the commit of the events of these tests.
const thisSHA = "3333333333333333333333333333333333333333"

// hostile commits, as a branch, records that try to speak to the runner, and
// twelve that are wrong.
func (h *hub) hostile() {
	h.Helper()
	records := []map[string]any{{"question": "Solve 2x = 4.", "answer": strings.Repeat("x", 100_000)}}
	for _, attack := range append(actionstest.Attacks(), "@octocat </details> | \u202egnp.exe #1 ![x](http://x.example/)") {
		records = append(records, map[string]any{"question": attack, "answer": attack + "\n" + attack})
	}
	for i := range 12 {
		records = append(records, map[string]any{"question": fmt.Sprintf("::error::wrong %d", i)})
	}
	data, err := json.Marshal(records)
	path := filepath.Join(h.TempDir(), "hostile.json")
	if err := errors.Join(err, os.WriteFile(path, data, 0o644)); err != nil {
		h.Fatal(err)
	}
	h.script(`git checkout -q -b hostile main; cp "$1" data/hostile.json; git add -A; git commit -qm hostile; git checkout -q main`, path)
}

func TestAction(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	h := &hub{lab: l, origin: l.repo}
	h.hostile()
	s := l.step(h.pullRequest(pull{number: 7, branch: "hostile", head: h.tip("hostile"), fork: "stranger"}), "", "INPUT_COMMAND=dataset", "INPUT_BASE=")
	if code := s.run(); code != exitFail {
		t.Fatalf("exit %d, want %d:\n%s", code, exitFail, s.log)
	}
	log, outputs := s.log.String(), s.outputs()
	want := map[string]string{"outcome": "fail", "promotable": "false", "model-id": "", "candidate": "", "run-dir": outputs["run-dir"], "comment-url": ""}
	if diff := cmp.Diff(want, outputs); diff != "" {
		t.Error(diff)
	}
	fired := actionstest.Commands(log)
	if len(fired) != 2+actions.MaxAnnotations || !strings.HasPrefix(fired[0], "stop-commands ") || strings.TrimSpace(fired[1]) != strings.TrimPrefix(fired[0], "stop-commands ") {
		t.Fatalf("the runner took %q", fired)
	}
	for _, command := range fired[2:] {
		if !strings.HasPrefix(command, "error file=data/hostile.json,line=1,title=tunegate%3A ") || strings.Contains(command, "wrong") {
			t.Errorf("the annotation %q", command)
		}
	}
	told, err := pipeline.LoadReport(filepath.Join(s.workspace, runs.CopyFolder))
	if err != nil || told.Head.Ref != "stranger:hostile" || told.Base.Ref != "main" {
		t.Errorf("judged %+v against %+v, %v", told.Head, told.Base, err)
	}
	if summary, err := os.ReadFile(s.summary); err != nil || strings.TrimSpace(string(summary)) != strings.TrimSpace(string(comment.Render(told))) {
		t.Errorf("%v, the summary is not the report:\n%s", err, summary)
	}
	if strings.Contains(log, s.token) {
		t.Error("the token is in the log")
	}

	h.script(`git tag origin/main hostile`) // git takes it for the branch where both are meant by that name
	s = l.step(h.pullRequest(pull{number: 8, branch: "improve", head: h.tip("improve")}), "", "INPUT_COMMAND=dataset")
	if code := s.run(); code != 0 || s.outputs()["outcome"] != "ready" {
		t.Errorf("exit %d, %q:\n%s", code, s.outputs(), s.log)
	}
	if told, err = pipeline.LoadReport(filepath.Join(s.workspace, runs.CopyFolder)); err != nil || told.Base.SHA != h.tip("refs/heads/main") {
		t.Errorf("judged against %+v, %v", told.Base, err)
	}
}

// TestActionRefuses runs no command where the step is not what it should be.
func TestActionRefuses(t *testing.T) {
	t.Parallel()
	payload := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(payload, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	workflow := []string{
		"GITHUB_EVENT_NAME=push", "GITHUB_REPOSITORY=a/b", "GITHUB_RUN_ID=1", "GITHUB_EVENT_PATH=" + payload, "GITHUB_SHA=" + thisSHA,
		"TUNEGATE_HOME=" + t.TempDir(),
	}
	hidden := func() error { return nil }
	for name, tt := range map[string]struct {
		environ []string
		hide    func() error
		code    int
		want    string
	}{
		"no workflow":       {nil, hidden, exitUsage, "not a step of a GitHub workflow"},
		"an unknown word":   {append(workflow, "INPUT_COMMAND=guard"), hidden, exitUsage, `"guard"`},
		"an unknown input":  {append(workflow, "INPUT_COMMAND=list", "INPUT_BASE=x"), hidden, exitUsage, "list does not take it"},
		"nothing is hidden": {append(workflow, "INPUT_COMMAND=list"), func() error { return errors.New("not hidden") }, exitBroke, "not hidden"},
		"outputs get lost":  {append(workflow, "INPUT_COMMAND=list", "GITHUB_OUTPUT="+filepath.Dir(payload)), hidden, exitBroke, "GITHUB_OUTPUT"},
	} {
		var log bytes.Buffer
		code := run(context.Background(), world{
			args: []string{"action"}, environ: tt.environ, stdout: &log, stderr: &log, hide: tt.hide,
			executable: os.Executable, clock: time.Now,
		})
		if code != tt.code || !strings.Contains(log.String(), tt.want) {
			t.Errorf("%s: exit %d, want %d with %q:\n%s", name, code, tt.code, tt.want, &log)
		}
	}
}

func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	kept := []string{"PATH=/bin", "GITHUB_EVENT_NAME=push", "GITHUB_SHA=" + thisSHA, "RUNNER_TRACKING_ID=x"}
	published := []string{"GITHUB_TOKEN=s", "INPUT_GITHUB_TOKEN=s", "GITHUB_STEP_SUMMARY=/s"}
	never := []string{"GH_TOKEN=s", "GITHUB_OUTPUT=/o", "INPUT_COMMAND=run", "GITHUB_ENV=/e", "GITHUB_PATH=/p", "GITHUB_STATE=/t", "ACTIONS_RUNTIME_TOKEN=s", "ACTIONS_ID_TOKEN_REQUEST_URL=u"}
	all := slices.Concat(kept, published, never)
	if diff := cmp.Diff(kept, withoutSecrets(all, false)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(slices.Concat(kept, published), withoutSecrets(all, true)); diff != "" {
		t.Error(diff)
	}
}
