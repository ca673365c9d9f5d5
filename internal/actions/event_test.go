package actions

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patched is one of GitHub's own payloads, changed by edit.
func patched(t *testing.T, event string, edit func(payload map[string]any)) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "github", "events", event+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var payload map[string]any
	if err := json.Unmarshal(data, &payload); err != nil {
		t.Fatal(err)
	}
	edit(payload)
	if data, err = json.Marshal(payload); err != nil {
		t.Fatal(err)
	}
	return written(t, data)
}

func written(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func asItIs(map[string]any) {}

// environment is that of a step, with some variables changed.
func environment(changes map[string]string) func(string) string {
	all := map[string]string{
		"GITHUB_REPOSITORY": "octo-org/octo-repo", "GITHUB_REF_NAME": "main", "GITHUB_SHA": sha, "GITHUB_RUN_ID": "30433642", "GITHUB_RUN_ATTEMPT": "2",
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_API_URL": "https://api.github.com",
	}
	maps.Copy(all, changes)
	return func(name string) string { return all[name] }
}

const sha = "0123456789abcdef0123456789abcdef01234567"

func TestLoad(t *testing.T) {
	t.Parallel()
	whole := Event{
		Repository: "octo-org/octo-repo", DefaultBranch: "master", Ref: "main", SHA: sha, RunID: 30433642, Attempt: 2,
		RunURL: "https://github.com/octo-org/octo-repo/actions/runs/30433642/attempts/2", ServerURL: "https://github.com", APIURL: "https://api.github.com",
	}
	repository := map[string]string{"GITHUB_REPOSITORY": "Codertocat/Hello-World"}
	within := func(payload map[string]any, path ...string) map[string]any {
		for _, name := range path {
			payload = payload[name].(map[string]any)
		}
		return payload
	}
	pull := Change{
		Number: 2, HeadSHA: "ec26c3e57ca3a959ca5aad62de7213c562f8c821", HeadOwner: "Codertocat", HeadBranch: "changes",
		BaseRef: "master", BaseSHA: "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
	}
	fork := pull
	fork.HeadOwner, fork.Fork = "stranger", true
	other := Change{HeadSHA: "3484a3fb816e0859fd6e1cea078d76385ff50625", HeadOwner: "octo-org", HeadBranch: "master"}
	numbered, strange, cut := other, other, other
	cut.Cancelled = true
	numbered.Number, numbered.BaseRef, numbered.BaseSHA = 7, "main", sha
	strange.HeadOwner, strange.Fork = "", true
	pulls := func(payload map[string]any, count int) {
		one := map[string]any{"number": 7, "base": map[string]any{"ref": "main", "sha": sha, "repo": map[string]any{"id": within(payload, "repository")["id"]}}}
		list := []any{}
		for range count {
			list = append(list, one)
		}
		within(payload, "workflow_run")["pull_requests"] = list
	}

	for name, tt := range map[string]struct {
		event string
		path  string
		env   map[string]string
		want  func(*Event)
	}{
		"pull_request": {"pull_request", patched(t, "pull_request", asItIs), repository, func(e *Event) { e.Change = &pull }},
		"pull_request of a fork": {"pull_request_target", patched(t, "pull_request", func(p map[string]any) {
			head := within(p, "pull_request", "head")
			within(head, "user")["login"], within(head, "repo")["full_name"] = "stranger", "stranger/Hello-World"
		}), repository, func(e *Event) { e.Change = &fork }},
		"pull_request of a deleted fork": {"pull_request", patched(t, "pull_request", func(p map[string]any) {
			head := within(p, "pull_request", "head")
			within(head, "user")["login"], head["repo"] = "stranger", nil
		}), repository, func(e *Event) { e.Change = &fork }},
		"workflow_run":                    {"workflow_run", patched(t, "workflow_run", asItIs), nil, func(e *Event) { e.Change = &other }},
		"workflow_run of a cancelled one": {"workflow_run", patched(t, "workflow_run", func(p map[string]any) { within(p, "workflow_run")["conclusion"] = "cancelled" }), nil, func(e *Event) { e.Change = &cut }},
		"workflow_run with one":           {"workflow_run", patched(t, "workflow_run", func(p map[string]any) { pulls(p, 1) }), nil, func(e *Event) { e.Change = &numbered }},
		"workflow_run with two":           {"workflow_run", patched(t, "workflow_run", func(p map[string]any) { pulls(p, 2) }), nil, func(e *Event) { e.Change = &other }},
		"workflow_run with one of a fork": {"workflow_run", patched(t, "workflow_run", func(p map[string]any) {
			pulls(p, 1)
			within(p, "repository")["id"] = 1
		}), nil, func(e *Event) { e.Change = &other }},
		"workflow_run of a deleted fork": {"workflow_run", patched(t, "workflow_run", func(p map[string]any) {
			pulls(p, 1)
			within(p, "workflow_run")["head_repository"] = nil
		}), nil, func(e *Event) { e.Change = &strange }},
		"merge_group": {"merge_group", patched(t, "merge_group", asItIs), nil, func(e *Event) {
			e.DefaultBranch = "main"
			e.Change = &Change{
				HeadSHA: "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d", HeadOwner: "octo-org", BaseRef: "main", BaseSHA: "380387fbc80638b734a49e1be1c4dfec1c01b33c",
				HeadBranch: "gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64",
			}
		}},
		"release":                     {"release", patched(t, "release", asItIs), repository, func(e *Event) { e.Tag = "0.0.1" }},
		"workflow_dispatch":           {"workflow_dispatch", patched(t, "workflow_dispatch", asItIs), nil, func(*Event) {}},
		"an owner with an underscore": {"workflow_dispatch", patched(t, "workflow_dispatch", asItIs), map[string]string{"GITHUB_REPOSITORY": "ada_corp/tunes"}, func(*Event) {}},
		"schedule": {"schedule", written(t, []byte(`{"schedule": "0 3 * * *"}`)), map[string]string{"GITHUB_RUN_ATTEMPT": ""}, func(e *Event) {
			e.DefaultBranch, e.Attempt, e.RunURL = "", 1, "https://github.com/octo-org/octo-repo/actions/runs/30433642/attempts/1"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"GITHUB_EVENT_NAME": tt.event, "GITHUB_EVENT_PATH": tt.path}
			maps.Copy(env, tt.env)
			want := whole
			want.Name = tt.event
			if tt.env["GITHUB_REPOSITORY"] != "" {
				want.Repository = tt.env["GITHUB_REPOSITORY"]
				want.RunURL = strings.Replace(want.RunURL, whole.Repository, want.Repository, 1)
			}
			tt.want(&want)
			got, err := Load(environment(env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "large.json")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxPayload+1); err != nil {
		t.Fatal(err)
	}
	pull := func(head string) string {
		return patched(t, "pull_request", func(p map[string]any) { p["pull_request"].(map[string]any)["head"].(map[string]any)["sha"] = head })
	}
	for name, tt := range map[string]struct{ variable, value, want string }{
		"no file":             {"GITHUB_EVENT_PATH", filepath.Join(t.TempDir(), "none"), "GITHUB_EVENT_PATH"},
		"a large file":        {"GITHUB_EVENT_PATH", large, "25 MiB"},
		"no JSON":             {"GITHUB_EVENT_PATH", written(t, []byte("{")), "payload"},
		"no pull request":     {"GITHUB_EVENT_PATH", written(t, []byte("{}")), "are not the commit IDs"},
		"a head that is none": {"GITHUB_EVENT_PATH", pull("--upload-pack=x"), "are not the commit IDs"},
		"no repository":       {"GITHUB_REPOSITORY", "a/b/c", "owner/name"},
		"no run":              {"GITHUB_RUN_ID", "", "GITHUB_RUN_ID"},
		"no attempt":          {"GITHUB_RUN_ATTEMPT", "x", "GITHUB_RUN_ATTEMPT"},
	} {
		env := map[string]string{"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": pull(sha), tt.variable: tt.value}
		if _, err := Load(environment(env)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if _, err := Load(environment(nil)); !errors.Is(err, ErrNoWorkflow) {
		t.Errorf("no workflow: %v", err)
	}
	env := map[string]string{"GITHUB_EVENT_NAME": "release", "GITHUB_EVENT_PATH": written(t, []byte("{}"))}
	if _, err := Load(environment(env)); err == nil || !strings.Contains(err.Error(), "no tag") {
		t.Errorf("a release of nothing: %v", err)
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"push": true, "release": true, "schedule": true, "workflow_dispatch": true, "pull_request_review": false, "pull_request_review_comment": false,
		"issue_comment": false, "workflow_call": false,
	} {
		if got := (Event{Name: name}).Own(); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHeadName(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Change{
		"improve":          {HeadOwner: "a", HeadBranch: "improve"},
		"stranger:improve": {HeadOwner: "stranger", HeadBranch: "improve", Fork: true},
	} {
		if got := c.HeadName(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
